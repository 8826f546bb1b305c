// What it cost and what it gave back, only where an effect stands.
function moneyTable(rows, titleOf, open) {
  return table("Cost and benefit of each program", [
    ["Program", (row) => element("button", { class: "link", type: "button", onclick: () => open(row.program_id) }, titleOf(row.program_id))],
    ["Verdict", (row) => verdict(row.verdict)],
    ["Cost so far", (row) => dollars(row.cost_usd), "number"],
    ["Benefit in the first year", (row) => isMissing(row.benefit_usd)
      ? withNote("–", row.verdict === "cant_tell" ? "no effect that could be priced" : "not priced")
      : withNote(dollars(row.benefit_usd), `${dollars(row.benefit_low_usd)} to ${dollars(row.benefit_high_usd)}`), "number"],
    ["Return on investment", (row) => isMissing(row.roi_percent)
      ? "–"
      : withNote(percent(row.roi_percent / 100), `${percent(row.roi_low_percent / 100)} to ${percent(row.roi_high_percent / 100)}`), "number"],
    ["Chance that it pays", (row) => (isMissing(row.probability_pays) ? "–" : chance(row.probability_pays)), "number"],
  ], rows);
}

function chance(probability) {
  if (probability > 0.99) return "over 99%";
  return probability < 0.01 ? "under 1%" : percent(probability);
}
