// Every question on one axis: effects as multiples of the smallest change that matters, better to the right. KPIs of which neither
// way is good have an axis of their own, from less to more.
const SIDES = {
  judged: { left: "worse", right: "better", told: "Right is better." },
  ambiguous: { left: "less", right: "more", told: "Neither way is good in itself: right is more, left is less." },
};

function forestRow(row, title) {
  const towards = row.direction === "down" ? -1 : 1;
  // Without its interval an effect would look like the surest of all.
  const scaled = (value) => (isMissing(value) || isMissing(row.ci_low) ? null : (towards * value) / row.smallest_effect_of_interest);
  const ends = (low, high) => [scaled(low), scaled(high)].sort((a, b) => a - b);
  return {
    row,
    label: `${title} · ${row.kpi_title.toLowerCase()}`,
    verdict: `${VERDICTS[row.verdict].sign} ${VERDICTS[row.verdict].word}`,
    why: row.verdict === "cant_tell" ? firstReason(row.reasons) : row.grade === "weak" ? "weak evidence" : "",
    mid: scaled(row.estimate),
    wide: ends(row.ci_low, row.ci_high),
    medium: ends(row.ci80_low, row.ci80_high),
    narrow: ends(row.ci50_low, row.ci50_high),
  };
}

function legend() {
  return element("ul", { class: "legend" }, ...Object.keys(VERDICTS).map((code) => element("li", {}, verdict(code))));
}

function forests(rows) {
  const judged = rows.filter((r) => r.row.direction !== "ambiguous");
  const ambiguous = rows.filter((r) => r.row.direction === "ambiguous");
  const known = rows.filter((r) => r.mid !== null);
  const reach = Math.min(6, Math.max(2, d3.max(known, (r) => Math.max(Math.abs(r.wide[0]), Math.abs(r.wide[1]))) ?? 2));
  return [
    judged.length ? forest(judged, reach, SIDES.judged) : null,
    ambiguous.length ? forest(ambiguous, reach, SIDES.ambiguous) : null,
  ];
}

function forest(rows, reach, sides) {
  const known = rows.filter((r) => r.mid !== null);
  const label = `Effects with their 95% intervals, in multiples of the smallest change that matters. ${known
    .map((r) => `${r.label}: ${figure(r.mid, 2)}, from ${figure(r.wide[0], 2)} to ${figure(r.wide[1], 2)}`)
    .join(". ")}. ${sides.told}`;
  return chart(label, `${sides.told} Inside the grey band nothing that matters has changed. ` +
    "Lines: 50%, 80% and 95% intervals of the average effect, thick to thin. Arrows: the interval goes on.", (width) => {
    const isNarrow = width < 720;
    const name = (r) => r.label;
    const clip = (value) => Math.max(-reach, Math.min(reach, value));
    const line = (key, strokeWidth) => Plot.link(known, {
      y: name, x1: (r) => clip(r[key][0]), x2: (r) => clip(r[key][1]),
      stroke: (r) => colour(r.row.verdict), strokeWidth,
    });
    const beyond = (end, text, textAnchor) => Plot.text(known.filter((r) => Math.abs(r.wide[end]) > reach && r.wide[end] * (end ? 1 : -1) > 0), {
      y: name, x: end ? reach : -reach, text: () => text, textAnchor, fill: (r) => colour(r.row.verdict),
    });
    const above = isNarrow ? 34 : 16;
    const towards = (word, x, textAnchor) => Plot.text([word], { x: [x], text: [word], textAnchor, frameAnchor: "top", dy: -above, fill: colour("soft") });
    return Plot.plot({
      width,
      height: 38 + above + rows.length * (isNarrow ? 64 : 36),
      marginLeft: isNarrow ? 8 : 300, marginRight: isNarrow ? 20 : 200, marginTop: above + 10, marginBottom: 28,
      style: { fontSize: "13px", background: "none", color: colour("ink") },
      x: { domain: [-reach, reach], label: null, ticks: 7, tickFormat: (d) => (d === 0 ? "0" : `${signed(d)}×`), tickSize: 0, grid: true },
      y: { domain: rows.map(name), label: null, tickSize: 0, axis: isNarrow ? null : "left", padding: 0.3 },
      marks: [
        Plot.rect([0], { x1: -1, x2: 1, fill: "#e3e8ed" }),
        Plot.ruleX([-1, 1], { stroke: colour("soft"), strokeDasharray: "2 3" }),
        Plot.ruleX([0], { stroke: colour("soft") }),
        towards(sides.left, -reach, "start"), towards(sides.right, reach, "end"),
        line("wide", 1.6), line("medium", 4), line("narrow", 8),
        beyond(0, "‹", "end"), beyond(1, "›", "start"),
        Plot.dot(known.filter((r) => Math.abs(r.mid) <= reach), { y: name, x: "mid", r: 4.5, fill: (r) => colour(r.row.verdict), stroke: "white", strokeWidth: 1.2 }),
        Plot.text(rows.filter((r) => r.mid === null), { y: name, x: 0, text: () => "no honest estimate yet", fill: colour("cant-tell"), stroke: "white", strokeWidth: 4 }),
        ...(isNarrow ? beside(rows, name) : beyondTheAxis(rows, name)),
      ],
    });
  });
}

// The verdict in words, since its colour alone would tell it to some only.
function beyondTheAxis(rows, y) {
  const text = (r) => (r.why ? `${r.verdict}\n${r.why}` : r.verdict);
  return [Plot.text(rows, { y, text, frameAnchor: "right", textAnchor: "start", dx: 18, fontSize: 12, lineHeight: 1.15, fill: (r) => colour(r.row.verdict) })];
}

function beside(rows, y) {
  const around = { y, frameAnchor: "left", fontSize: 12, stroke: "white", strokeWidth: 4 };
  return [
    Plot.text(rows, { ...around, text: y, dy: -18, fill: colour("ink") }),
    Plot.text(rows, { ...around, text: (r) => (r.why ? `${r.verdict}: ${r.why}` : r.verdict), dy: 18, fill: (r) => colour(r.row.verdict) }),
  ];
}
