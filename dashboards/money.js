// What it cost and what it gave back, only where an effect stands.
function moneyTable(rows, titleOf, decisionOf, open) {
  const priced = rows.filter((row) => !isMissing(row.benefit_usd));
  const differ = new Set(priced.map(span)).size > 1;
  const inItsTime = (row) => (differ ? ` in ${span(row)}` : "");
  return element("div", {}, table("Cost and benefit of each program", [
    ["Program", (row) => element("button", { class: "link", type: "button", onclick: () => open(row.program_id) }, titleOf(row.program_id))],
    ["Verdict", (row) => verdict(row.verdict, lossIn(row))],
    ["Recommended", (row) => decisionOf(row.program_id)],
    ["Cost so far", (row) => dollars(row.cost_usd), "number"],
    [`Benefit in ${commonSpan(priced)}`, (row) => isMissing(row.benefit_usd)
      ? withNote("–", row.verdict === "cant_tell" ? "no effect that could be priced" : "not priced")
      : withNote(worth(row.benefit_usd), worthInterval(row.benefit_low_usd, row.benefit_high_usd) + inItsTime(row)), "number"],
    [`ROI in ${commonSpan(priced)}`, (row) => isMissing(row.roi_percent)
      ? "–"
      : withNote(percent(row.roi_percent / 100), `${percent(row.roi_low_percent / 100)} to ${percent(row.roi_high_percent / 100)}`), "number"],
    ["Chance that it pays*", (row) => (isMissing(row.probability_pays) ? "–" : chance(row.probability_pays)), "number"],
  ], rows),
  element("p", { class: "soft small" }, `* Chance that the benefit in ${commonSpan(priced)} exceeds the cost, counting the doubt about the effect alone: ` +
    "the cost and the value per unit are taken as exact."));
}

/** Where the money went, by what came of it. */
function moneySplit(programs, verdictOf, losses) {
  const spent = (chosen) => d3.sum(programs.filter(chosen), (program) => program.cost_usd ?? 0);
  const into = (code, told) => {
    const usd = spent((program) => verdictOf(program.program_id) === code);
    return usd > 0 ? `${dollars(usd)} ${told}` : null;
  };
  const lost = spent((program) => losses.some((row) => row.program_id === program.program_id));
  const parts = [
    into("works", `worked${lost > 0 ? ` (${dollars(lost)} of it cost more than it returned in ${commonSpan(losses)})` : ""}`),
    into("no_effect", "changed nothing that matters"),
    into("harms", "did harm"),
    into("cant_tell", "cannot be judged yet"),
  ].filter(Boolean);
  return parts.length ? `${dollars(spent(() => true))} went into training: ${listed(parts)}` : "What it cost and what it gave back";
}

function chance(probability) {
  if (probability > 0.99) return "over 99%";
  return probability < 0.01 ? "under 1%" : percent(probability);
}
