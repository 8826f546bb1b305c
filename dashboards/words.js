// How figures and verdicts are told. Every text of the page goes through textContent, never through HTML.
const MINUS = "−";
const VERDICTS = {
  works: { word: "Works", plural: "worked", path: "M5 0 L10 10 L0 10 Z" },
  harms: { word: "Harms", plural: "did harm", path: "M0 0 L10 0 L5 10 Z" },
  no_effect: { word: "No effect", plural: "changed nothing that matters", path: "M0 3.5 H10 V6.5 H0 Z" },
  cant_tell: { word: "Can’t tell", plural: "cannot be judged yet", path: "M5 0 A5 5 0 1 0 5.01 0 M5 2 A3 3 0 1 1 4.99 2 Z" },
};
const DECISIONS = {
  scale: "Scale it up",
  keep: "Keep it",
  redesign: "Redesign it",
  stop: "Stop it",
  measure_better: "Measure it better before deciding",
};
const REASONS = {
  needs_duration_design: "a time until something happens needs a design for durations",
  leavers_missing: "the training records have forgotten people who left",
  too_few_clusters: "too few teams were trained to tell chance from effect",
  too_few_units: "too few people were trained",
  underpowered: "the interval is too wide to exclude either answer",
  pre_trend: "trained and untrained drifted apart before training, or could not be compared then",
  pre_trend_power: "a drift before training might have gone unnoticed",
  ambiguous_direction: "either direction could be good news",
  no_overlap: "too few comparable people were untrained",
  no_comparison: "nobody was trained yet, or there was nobody to compare them with",
  attrition: "too many people were lost from the comparison",
  anticipation: "the KPI moved just before training",
};

const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);
const isShare = (unit) => unit.startsWith("share");

function figure(value, digits = 3) {
  if (isMissing(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 1000
    ? Math.round(size).toLocaleString("en-US")
    : size.toLocaleString("en-US", { maximumSignificantDigits: digits });
  return (value < 0 && text !== "0" ? MINUS : "") + text;
}

const signed = (value) => (isMissing(value) ? "–" : (value > 0 ? "+" : "") + figure(value));

/** An effect in its unit: shares as percentage points. */
function effect(value, unit) {
  if (isMissing(value)) return "–";
  if (isShare(unit)) return signed(Math.round(value * 1000) / 10) + " points";
  return unit.startsWith("USD") ? (value > 0 ? "+" : "") + dollars(value) : signed(value);
}

function interval(low, high, unit) {
  if (isMissing(low) || isMissing(high)) return "";
  const bare = (value) => effect(value, unit).replace(" points", "");
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

const percent = (value, digits = 0) =>
  isMissing(value) ? "–" : figure(Number((value * 100).toFixed(digits))) + "%";

const reasons = (codes) =>
  (codes ?? "").split(", ").filter(Boolean).map((code) => REASONS[code] ?? code.replaceAll("_", " "));

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
