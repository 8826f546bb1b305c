// The page from top to bottom: the answer first.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { run, tables } = data;
  const programs = new Map(tables.programs.map((program) => [program.program_id, program]));
  const titleOf = (id) => programs.get(id)?.title ?? id;
  const primary = tables.training_effects.filter((row) => row.is_primary);
  for (const row of tables.training_roi) {
    row.isPrimary = primary.some((p) => p.program_id === row.program_id && p.kpi_id === row.kpi_id);
  }
  const roiOf = new Map(tables.training_roi.filter((row) => row.isPrimary).map((row) => [row.program_id, row]));
  const verdictOf = (id) => primary.find((row) => row.program_id === id)?.verdict ?? "cant_tell";
  const foremost = [...tables.findings].sort((a, b) => a.rank - b.rank);
  const findingOf = (id) => foremost.find((finding) => finding.program_id === id);
  const decisionOf = (id) => {
    const decision = findingOf(id)?.decision;
    return DECISIONS[decision] ?? decision ?? "–";
  };
  const order = ["works", "harms", "no_effect", "cant_tell"];
  const byVerdict = (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict);
  const place = (id, ...children) => document.getElementById(id).replaceChildren(...children.filter(Boolean));
  const heading = (id, text) => element("h2", { id: `${id}-title` }, text);

  function open(id) {
    const chooser = document.getElementById("choose");
    chooser.value = id;
    chooser.dispatchEvent(new Event("change"));
    document.getElementById("program").scrollIntoView({ block: "start" });
    chooser.focus({ preventScroll: true });
  }

  function header() {
    const people = isMissing(run.employees) ? "" : `, ${run.employees.toLocaleString("en-US")} people`;
    place("header", element("h1", {}, `${run.company}: which training moved the needle`),
      element("p", { class: "soft small" }, `${month(run.period_start)} to ${month(run.period_end)}${people}. Published on ${day(run.published_at)}.`));
    document.title = `${run.company}: which training moved the needle`;
  }

  function answer() {
    const counts = order.map((code) => [code, primary.filter((row) => row.verdict === code).length]).filter(([, n]) => n > 0);
    const losses = primary.map((row) => roiOf.get(row.program_id)).filter(isLoss);
    const doubts = (code, n) => {
      const weak = code === "cant_tell" ? 0 : primary.filter((row) => row.verdict === code && row.grade === "weak").length;
      const parts = [
        weak ? `${n === 1 ? "" : `${weak === n ? "all" : spelled(weak)} `}on weak evidence` : null,
        code === "works" && losses.length ? `${spelled(losses.length)} at a loss in ${commonSpan(losses)}` : null,
      ].filter(Boolean);
      return parts.length ? ` (${parts.join(", ")})` : "";
    };
    const told = listed(counts.map(([code, n]) => `${spelled(n)} ${VERDICTS[code].plural}${doubts(code, n)}`));
    const sentence = primary.length ? `Of ${spelled(primary.length)} programs, ${told}.` : "No program has been evaluated yet.";
    // Harm is never ranked away by programs with more money in them.
    const cards = foremost.filter((finding, i) => i < 3 || finding.verdict === "harms").map((finding) =>
      element("li", { class: `card ${finding.verdict}` }, verdict(finding.verdict, lossIn(roiOf.get(finding.program_id))),
        element("h3", {}, finding.headline), element("p", {}, unbroken(finding.detail)),
        element("p", { class: "decision" }, element("strong", {}, decisionOf(finding.program_id)),
          // What makes a program untold stands above, in its detail.
          finding.decision_reason && finding.verdict !== "cant_tell" ? `: ${finding.decision_reason}. ` : ". ",
          element("button", { class: "link", type: "button", "aria-label": `Details of ${titleOf(finding.program_id)}`, onclick: () => open(finding.program_id) }, "Details"))));
    place("answer", heading("answer", sentence), element("ul", { class: "cards" }, ...cards),
      cards.length ? element("p", { class: "soft small note" }, EVIDENCE) : null);
  }

  function effects() {
    const sorted = [...tables.training_effects].sort((a, b) => byVerdict(a, b) || Number(b.is_primary) - Number(a.is_primary));
    const rows = sorted.map((row) => forestRow(row, titleOf(row.program_id)));
    place("effects", heading("effects", "What each program changed"),
      element("p", { class: "soft" }, comparisons(sorted)),
      rows.length ? legend() : null,
      ...forests(rows),
      folded("The figures", table("Effects", [
        ["Program", (row) => titleOf(row.program_id)],
        ["KPI", (row) => withNote(row.kpi_title, row.unit)],
        ["Verdict", (row) => verdict(row.verdict)],
        ["Effect", (row) => effectWithDoubt(row), "number"],
        ["95% interval", (row) => interval(row.ci_low, row.ci_high, row.unit) || "–", "number"],
        ["Evidence", (row) => row.grade],
        ["Why not stronger", (row) => listed(reasons(row.reasons)) || "–"],
      ], sorted)));
  }

  function comparisons(rows) {
    const titles = (chosen) => listed([...new Set(rows.filter(chosen).map((row) => row.kpi_title.toLowerCase()))]);
    const followed = titles(isFollowing);
    const said = "Trained people compared with colleagues who were not trained yet";
    const scale = "1× is the smallest change that the program’s plan says would matter.";
    if (!followed) return `${said}, before and after. ${scale}`;
    return `${said}, before and after; of ${followed}, from training on, as there is no before: those trained in a period and those who ` +
      `were not yet, weighted to be alike in what the plan names. ${scale}`;
  }

  function money() {
    const title = moneySplit(tables.programs, verdictOf, [...roiOf.values()].filter(isLoss));
    place("money", heading("money", title),
      element("p", { class: "soft" }, "Costs include the learners’ time. A benefit is stated only where an effect stands and Finance has set a value for the KPI; " +
        "its interval carries the doubt about the effect. A benefit counts the first year after each person’s training, as far as it was observed; of KPIs " +
        "about whether or when something happens, all the time that the KPI looks ahead, for everybody trained who was followed. What comes later is not counted."),
      moneyTable(tables.training_roi.filter((row) => row.isPrimary).sort(byVerdict), titleOf, decisionOf, open));
  }

  function program() {
    const ids = [...new Set([...foremost.map((f) => f.program_id), ...programs.keys()])];
    const detail = element("div", { id: "detail", "aria-live": "polite" });
    const choose = element("select", { id: "choose", onchange: (event) => show(event.target.value) },
      ...ids.map((id) => element("option", { value: id }, titleOf(id))));
    const show = (id) => detail.replaceChildren(programs.has(id) ? programDetail(programs.get(id), tables, { told: decisionOf(id), reason: findingOf(id)?.decision_reason }, roiOf.get(id)) : "");
    place("program", heading("program", "One program in full"),
      element("p", {}, element("label", { for: "choose" }, "Program "), choose), detail);
    if (ids.length) show(ids[0]);
  }

  function reading() {
    place("reading", heading("reading", "How to read this"), element("div", { class: "two" },
      element("p", {}, "“Works” and “harms” need an effect that is at least as large as the plan’s smallest change that matters, ",
        "that chance does not explain, and a comparison that passes its checks. “No effect” means that every change that matters can be ruled out. ",
        "Everything else is “can’t tell”, with the reason."),
      element("p", {}, "Satisfaction and completion are shown, and decide nothing. Intervals are about the average over the people trained, not about any one of them. ",
        "Figures about fewer than 10 people are left out.")));
    place("footer", element("p", {}, "Run ", element("code", {}, run.run_id), ", code ", element("code", {}, run.code_version),
      ", data to ", day(run.as_of), ". Every figure can be asked for: ", element("code", {}, './needle sql "select * from gold.training_effects"')));
  }

  header();
  answer();
  effects();
  money();
  program();
  reading();
})();
