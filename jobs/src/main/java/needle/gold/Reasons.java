package needle.gold;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;

/**
 * The codes of {@code reasons} in words, as {@code dashboards/words.js} has them too;
 * docs/method.md defines each.
 */
final class Reasons {
  /**
   * The code of a KPI that no estimator can serve as it is declared, however much data there is.
   */
  static final String DURATION = "needs_duration_design";

  /** The code of an absence of effects that counting all questions made unsure. */
  static final String NEGLIGIBLE = "negligible_before_correction";

  static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put(
        DURATION,
        "it is a time until something happens, and its file does not say what is waited for");
    WORDS.put("leavers_missing", "the training records have forgotten people who left");
    WORDS.put("too_few_clusters", "few teams, so chance and effect are hard to tell apart");
    WORDS.put("too_few_units", "few people were trained");
    WORDS.put("underpowered", "the interval is too wide to exclude either answer");
    WORDS.put("not_after_correction", "not sure enough once all questions of the run are counted");
    WORDS.put(
        NEGLIGIBLE,
        "anything that matters is ruled out, but not surely enough once all questions of the run are"
            + " counted");
    WORDS.put("below_smallest_effect", "it moved, but perhaps by less than would matter");
    WORDS.put("may_be_small", "the effect may be smaller than would matter");
    WORDS.put(
        "pre_trend",
        "trained and untrained drifted apart before training, or could not be compared then");
    WORDS.put("pre_trend_power", "a drift before training might have gone unnoticed");
    WORDS.put("ambiguous_direction", "either direction could be good news");
    WORDS.put("no_overlap", "few comparable people were untrained");
    WORDS.put("no_comparison", "nobody was trained yet, or there was nobody to compare them with");
    WORDS.put("attrition", "many people were lost from the comparison");
    WORDS.put("anticipation", "the KPI moved just before training");
    WORDS.put("spillover", "untrained team-mates of the trained moved, too, or may have");
    WORDS.put("circular", "it counts the training itself");
    WORDS.put("not_yet", "it is too early to tell");
    WORDS.put(
        "unconfoundedness", "who was trained and who was not may differ in ways not recorded");
    WORDS.put("balance", "trained and untrained differ, even after weighting");
    WORDS.put("events", "it happened to few people");
    WORDS.put("follow_up", "few people were followed long enough");
    WORDS.put("early_effect", "the difference was there almost at once");
    WORDS.put("sensitive", "it would not stand if its assumptions held less than exactly");
    WORDS.put("untried_threshold", "what it has to withstand could not be tried");
    WORDS.put("placebo", "an effect was found where there could be none");
    WORDS.put("no_placebo", "an effect where there could be none could not be looked for");
  }

  private Reasons() {}

  /** Comma-separated codes in words. */
  static Column told(Column codes) {
    return array_join(transform(split(codes, ", "), Reasons::word), "; ");
  }

  private static Column word(Column code) {
    Column words = regexp_replace(code, lit("_"), lit(" "));
    for (Map.Entry<String, String> reason : WORDS.entrySet()) {
      words = when(code.equalTo(reason.getKey()), reason.getValue()).otherwise(words);
    }
    return words;
  }
}
