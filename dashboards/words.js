// How figures and verdicts are told. Every text of the page goes through textContent, never through HTML.
const MINUS = "−";
const VERDICTS = {
  works: { word: "Works", sign: "▲", plural: "worked", path: "M5 0 L10 10 L0 10 Z" },
  harms: { word: "Harms", sign: "▼", plural: "did harm", path: "M0 0 L10 0 L5 10 Z" },
  no_effect: { word: "No effect", sign: "▬", plural: "changed nothing that matters", path: "M0 3.5 H10 V6.5 H0 Z" },
  cant_tell: { word: "Can’t tell", sign: "○", plural: "cannot be judged yet", path: "M5 0 A5 5 0 1 0 5.01 0 M5 2 A3 3 0 1 1 4.99 2 Z" },
};
const DECISIONS = {
  scale: "Scale it up",
  keep: "Keep it",
  redesign: "Redesign it",
  stop: "Stop it",
  measure_better: "Measure it better before deciding",
  judge_otherwise: "Decide on other grounds: more data would not help",
};
// As Reasons.java words them for the tables.
const REASONS = {
  needs_duration_design: "it is a time until something happens, and its file does not say what is waited for",
  leavers_missing: "the training records have forgotten people who left",
  too_few_clusters: "few teams, so chance and effect are hard to tell apart",
  too_few_units: "few people were trained",
  underpowered: "the interval is too wide to exclude either answer",
  not_after_correction: "not sure enough once all questions of the run are counted",
  negligible_before_correction: "anything that matters is ruled out, but not surely enough once all questions of the run are counted",
  below_smallest_effect: "it moved, but perhaps by less than would matter",
  may_be_small: "the effect may be smaller than would matter",
  pre_trend: "trained and untrained drifted apart before training, or could not be compared then",
  pre_trend_power: "a drift before training might have gone unnoticed",
  ambiguous_direction: "either direction could be good news",
  no_overlap: "few comparable people were untrained",
  no_comparison: "nobody was trained yet, or there was nobody to compare them with",
  attrition: "many people were lost from the comparison",
  anticipation: "the KPI moved just before training",
  spillover: "untrained team-mates of the trained moved, too, or may have",
  circular: "it counts the training itself",
  not_yet: "it is too early to tell",
  unconfoundedness: "who was trained and who was not may differ in ways not recorded",
  balance: "trained and untrained differ, even after weighting",
  events: "it happened to few people",
  follow_up: "few people were followed long enough",
  early_effect: "the difference was there almost at once",
  sensitive: "it would not stand if its assumptions held less than exactly",
  untried_threshold: "what it has to withstand could not be tried",
  placebo: "an effect was found where there could be none",
  no_placebo: "an effect where there could be none could not be looked for",
};
// For a line beside a chart.
const SHORT_REASONS = {
  needs_duration_design: "no event is named",
  leavers_missing: "leavers are not in the records",
  too_few_clusters: "too few teams",
  too_few_units: "too few people",
  underpowered: "interval too wide",
  not_after_correction: "not sure enough",
  negligible_before_correction: "not surely without effect",
  below_smallest_effect: "perhaps too small to matter",
  pre_trend: "drifted apart before training",
  ambiguous_direction: "either way could be good",
  no_overlap: "nobody comparable",
  no_comparison: "nobody to compare with",
  attrition: "too many people lost",
  anticipation: "moved before training",
  spillover: "team-mates may have moved, too",
  circular: "counts the training itself",
  not_yet: "too early",
  unconfoundedness: "unrecorded differences possible",
  balance: "too different people",
  events: "happened to too few",
  follow_up: "not followed long enough",
  early_effect: "there almost at once",
  untried_threshold: "not tried as asked",
};
const CHECKS = {
  estimate: "Why there is no estimate",
  pre_trend: "Drift before training",
  pre_trend_power: "Whether a drift would show",
  anticipation: "Reaction just before training",
  "clusters treated": "Teams trained",
  "clusters control": "Teams compared with",
  units: "People trained",
  overlap: "Comparable colleagues",
  power: "Smallest effect that would show",
  attrition: "People lost from the comparison",
  spillover: "Untrained team-mates of the trained",
  "events exposed": "Trained to whom it happened",
  "events unexposed": "Untrained to whom it happened",
  "follow_up fewest_exposed": "Trained who were followed long enough",
  "follow_up fewest_unexposed": "Untrained who were followed long enough",
  early_effect: "Difference within the first month",
  "censoring share_exposed": "Trained who were not followed to the end",
  "censoring share_unexposed": "Untrained who were not followed to the end",
  unconfoundedness: "Differences that are not recorded",
  balance: "How alike trained and others are",
};
const STEPS = {
  read: "In the plan’s population",
  no_outcome: "KPI never observed",
  no_covariate: "Something to compare by is missing",
  incomplete: "Something is missing",
  seen_once: "Observed only once",
  treated_from_start: "Trained from the start",
  no_comparison: "Nobody to compare with",
  analysed: "Compared",
};
const STATUSES = { pass: "fine", warning: "caution", fail: "failed" };
const PHASES = { before: "before", anticipation: "just before, when a reaction is allowed for", after: "after" };
// Methods of KPIs about whether or when something happens: people are followed from their training on, and there is no before.
const FOLLOWING = ["cumulative_incidence", "weighted_survival"];
const BOTH_SIDES = "Who was trained later counts on both sides: among the others first, among the trained from then on. ";
const SEVERAL_TIMES = "Of the untrained, who could have been trained in several periods is followed from each of them on, and counts here once for each.";
const FIRST_YEAR = 12;
const EVIDENCE = "Evidence is strong when every check on the comparison is fine and even the weaker end of the interval would matter. " +
  "Each caution takes it down a grade: moderate, then weak.";

const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);
const isShare = (unit) => unit.startsWith("share");
const isDays = (unit) => unit.startsWith("days");
const isFollowing = (row) => FOLLOWING.includes(row.method);

function figure(value, digits = 3) {
  if (isMissing(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 1000
    ? Math.round(size).toLocaleString("en-US")
    : size.toLocaleString("en-US", { maximumSignificantDigits: digits });
  return (value < 0 && text !== "0" ? MINUS : "") + text;
}

const signed = (value) => (isMissing(value) ? "–" : (value > 0 ? "+" : "") + figure(value));

/** An effect in its unit: shares as percentage points, times in days. */
function effect(value, unit) {
  if (isMissing(value)) return "–";
  if (isShare(unit)) return signed(Math.round(value * 1000) / 10) + " points";
  if (isDays(unit)) return signed(value) + " days";
  return unit.startsWith("USD") ? (value > 0 ? "+" : "") + dollars(value) : signed(value);
}

/** An effect, told only together with its doubt. */
const effectWithDoubt = (row) => (isMissing(row.ci_low) ? "–" : effect(row.estimate, row.unit));

function interval(low, high, unit) {
  if (isMissing(low) || isMissing(high)) return "";
  const bare = (value) => effect(value, unit).replace(/ (points|days)$/, "");
  return `${bare(low)} to ${bare(high)}`;
}

function dollars(value) {
  if (isMissing(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 999_500
    ? `$${(size / 1e6).toLocaleString("en-US", { maximumFractionDigits: 2 })}M`
    : size >= 9_950
      ? `$${Math.round(size / 1000).toLocaleString("en-US")}k`
      : `$${Math.round(size).toLocaleString("en-US")}`;
  return (value < 0 && !/^\$0$/.test(text) ? MINUS : "") + text;
}

/** Sentences of the tables, whose amounts do not break between sign and figure. */
const unbroken = (text) => text.replaceAll(`${MINUS}$`, `${MINUS}\u2060$`);

const percent = (value, digits = 0) =>
  isMissing(value) ? "–" : figure(Number((value * 100).toFixed(digits))) + "%";

/** The time after training that a benefit counts. */
const span = (row) => (isMissing(row.benefit_months) || row.benefit_months === FIRST_YEAR ? "the first year" : `the first ${row.benefit_months} months`);

/** The time of several benefits, where it is the same. */
function commonSpan(rows) {
  const spans = new Set(rows.map(span));
  return spans.size > 1 ? "the time that is counted" : [...spans][0] ?? "the first year";
}

/** A benefit, or the harm that it is below zero. */
const worth = (value) => (isMissing(value) || value >= 0 ? dollars(value) : `${dollars(-value)} of harm`);

function worthInterval(low, high) {
  return high <= 0 ? `${dollars(-high)} to ${dollars(-low)} of harm` : `${worth(low)} to ${dollars(high)}${low < 0 ? " of benefit" : ""}`;
}

/** Sentences of checks without names of columns. */
const plainly = (text) => text
  .replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => name.replaceAll("_", " "))
  .replace(/([a-z])=(?=\w)/g, "$1 ")
  .replace(/\b\d+(?:\.\d+)?E-\d+\b/g, (number) => figure(Number(number)));

const reasons = (codes) =>
  (codes ?? "").split(", ").filter(Boolean).map((code) => REASONS[code] ?? code.replaceAll("_", " "));

const firstReason = (codes) => {
  const [code] = (codes ?? "").split(", ");
  return SHORT_REASONS[code] ?? code.replaceAll("_", " ");
};

const checkTitle = (check) =>
  CHECKS[`${check.check} ${check.statistic}`] ?? CHECKS[check.check] ?? check.check.replaceAll("_", " ");

/** Whether a program works and still returned less than it cost in the time that is counted. */
const isLoss = (row) => row?.verdict === "works" && row.roi_percent < 0 && !isMissing(row.roi_percent);
const lossIn = (row) => (isLoss(row) ? span(row) : null);

const day = (text) =>
  new Date(text).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

const month = (text) =>
  new Date(text).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

function spelled(count) {
  return ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"][count] ?? String(count);
}

function listed(parts) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
