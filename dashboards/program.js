// One program in full: what it was for, what it changed over time, and what that rests on.
function programDetail(program, tables, decision, roi) {
  const effects = tables.training_effects.filter((row) => row.program_id === program.program_id)
    .sort((a, b) => Number(b.is_primary) - Number(a.is_primary));
  return element("div", {},
    element("h3", { class: "title" }, program.title),
    element("p", {}, "Recommended: ", element("strong", {}, decision.told), decision.reason ? `: ${decision.reason}.` : "."),
    element("p", {}, `${program.business_problem}. Owner: ${program.owner}. Plan registered on ${day(program.registered_on)}.`),
    program.decision_rule ? element("p", { class: "soft" }, `Agreed beforehand: ${program.decision_rule}. Needle does not read this rule: what is recommended follows from ` +
      "the verdicts and from what the program cost and gave back.") : null,
    element("p", {}, facts(program)),
    ...effects.map((row) => question(row, tables, row.is_primary ? lossIn(roi) : null)));
}

function facts(program) {
  const parts = [
    isMissing(program.trained) ? "fewer than 10 people trained" : `${program.trained.toLocaleString("en-US")} people trained`,
    isMissing(program.completion_share) ? null : `${percent(program.completion_share)} of those enrolled completed it`,
    isMissing(program.satisfaction_mean) ? null : `participants rate it ${program.satisfaction_mean.toFixed(1)} of 5`,
    isMissing(program.cost_usd) ? null : `it cost ${dollars(program.cost_usd)}`,
  ].filter(Boolean);
  const text = `${listed(parts)}.`;
  return text[0].toUpperCase() + text.slice(1);
}

const people = (count) => (isMissing(count) ? "under 10" : count.toLocaleString("en-US"));

function question(row, tables, loss) {
  const following = isFollowing(row);
  const same = (other) => other.program_id === row.program_id && other.kpi_id === row.kpi_id;
  const curve = tables.effect_curves.filter(same).sort((a, b) => a.event_time - b.event_time);
  const checks = tables.diagnostics.filter(same).sort((a, b) => a.position - b.position);
  const lost = tables.attrition.filter(same).sort((a, b) => a.position - b.position);
  return element("article", {},
    element("h4", {}, row.kpi_title, " ", verdict(row.verdict, loss)),
    element("p", {}, unbroken(row.sentence), row.reasons ? ` ${row.verdict === "cant_tell" ? "Why" : "Caution"}: ${listed(reasons(row.reasons))}.` : ""),
    isMissing(row.estimate) ? null : element("p", { class: "soft small" },
      `${people(row.treated)} people trained, ${people(row.control)} compared with, ${row.clusters} teams. ${following ? BOTH_SIDES : ""}Strength of evidence: ${row.grade}. ` +
      `${following ? "Untrained others like them" : "Before training"}: ${isShare(row.unit) ? percent(row.baseline, 1) : figure(row.baseline)} (${row.unit}).`),
    curve.length > 1 ? effectCurve(row, curve) : null,
    checks.length ? folded("Checks on the comparison", following ? element("p", { class: "soft small" }, SEVERAL_TIMES) : null, table("Checks", [
      ["Check", checkTitle],
      ["Result", (check) => element("span", { class: `status ${check.status}` }, STATUSES[check.status] ?? check.status)],
      ["What it means", (check) => plainly(check.message)],
    ], checks)) : null,
    lost.length ? folded("Who was compared", table("Who was compared", [
      ["Step", (step) => STEPS[step.step] ?? step.step.replaceAll("_", " ")],
      ["People", (step) => people(step.units), "number"],
      ["Why", (step) => plainly(step.reason)],
    ], lost)) : null);
}

function effectCurve(row, curve) {
  const grain = curve[0].grain;
  // A point without its doubt would look like the surest of all.
  const points = curve.filter((p) => !isMissing(p.estimate) && !isMissing(p.ci_low));
  return element("div", {}, points.length > 1 ? curveChart(row, points) : null, folded("The figures", table("Effect by time since training", [
    [`${grain[0].toUpperCase()}${grain.slice(1)}`, (p) => figure(p.event_time)],
    ["Phase", (p) => PHASES[p.phase]],
    ["Effect", (p) => effectWithDoubt({ ...p, unit: row.unit }), "number"],
    ["95% interval", (p) => interval(p.ci_low, p.ci_high, row.unit) || "–", "number"],
    ["People trained", (p) => people(p.treated), "number"],
  ], curve)));
}

function curveChart(row, points) {
  const grain = points[0].grain;
  const scale = isShare(row.unit) ? 100 : 1;
  const unit = isShare(row.unit) ? "percentage points" : row.unit;
  const isAllowedFor = (p) => p.phase === "anticipation";
  const bands = points.filter((p) => !isMissing(p.band_low));
  const label = `Effect on ${row.kpi_title.toLowerCase()} by ${grain}s since training. ${points
    .map((p) => `${grain} ${figure(p.event_time)}: ${effect(p.estimate, row.unit)}`).join(", ")}`;
  const spread = points.flatMap((p) => [p.ci_low, p.ci_high]);
  const floor = Math.min(0, d3.min(spread) * scale);
  const top = Math.max(0, d3.max(spread) * scale);
  const room = 0.15 * (top - floor || 1);
  return chart(label, `Band: where the whole curve lies with 95% confidence. Lines: 95% intervals of single ${grain}s; ` +
    `those that rest on fewer than 10 teams are left out. Hollow: before training, where zero is expected.` +
    (points.some(isAllowedFor) ? " Grey diamond: just before training, where the plan allows for a reaction." : ""), (width) => Plot.plot({
    width, height: 250, marginLeft: 62, marginBottom: 38, marginTop: 22,
    style: { fontSize: "12.5px", background: "none" },
    x: { inset: 10, label: `${grain}s since training`, ticks: d3.range(points[0].event_time, points.at(-1).event_time + 1, width < 480 ? 2 : 1), tickFormat: (d) => figure(d), labelAnchor: "center", labelArrow: "none" },
    y: { label: unit, grid: true, ticks: 5, domain: [floor - room, top + room], clamp: true, tickFormat: (d) => figure(d), labelArrow: "none", nice: true },
    marks: [
      Plot.areaY(bands, { x: "event_time", y1: (p) => p.band_low * scale, y2: (p) => p.band_high * scale, fill: "#1f4e8c", fillOpacity: 0.1, clip: true }),
      Plot.ruleY([0], { stroke: "#52606d" }),
      Plot.ruleX([-0.5], { stroke: "#52606d", strokeDasharray: "3 3" }),
      Plot.ruleX(points, { x: "event_time", y1: (p) => p.ci_low * scale, y2: (p) => p.ci_high * scale, stroke: "#1f4e8c", strokeWidth: 2, clip: true }),
      Plot.dot(points.filter(isAllowedFor), { x: "event_time", y: (p) => p.estimate * scale, r: 5, symbol: "diamond", fill: "#52606d", stroke: "white" }),
      Plot.dot(points.filter((p) => !isAllowedFor(p)), { x: "event_time", y: (p) => p.estimate * scale, r: 4, fill: (p) => (p.phase === "after" ? "#1f4e8c" : "white"), stroke: "#1f4e8c", strokeWidth: 1.6 }),
    ],
  }));
}
