package needle.pipelines.simulate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A log as a learning system of some size writes it, for benchmarks: events of learners in courses,
 * in Moodle's columns. Every tenth event is one learner's.
 */
public final class MoodleLog {
  private static final int LEARNERS = 30_000;
  private static final int COURSES = 400;
  private static final long FIRST = 1_704_067_200L;
  private static final String EMPTY = "\\N";

  private MoodleLog() {}

  /** Delivers that many events below a landing folder. */
  public static void deliver(SparkSession spark, Path landing, long events) throws IOException {
    Path parts = landing.resolveSibling("parts");
    rows(spark, events).write().option("header", "true").csv(parts.toString());
    Path delivery = landing.resolve("lms/moodle_logstore/2025-01-03");
    Files.createDirectories(delivery);
    List<Path> files;
    try (Stream<Path> all = Files.list(parts)) {
      files = all.filter(f -> f.toString().endsWith(".csv")).sorted().toList();
    }
    for (int i = 0; i < files.size(); i++) {
      Files.move(files.get(i), delivery.resolve("log_" + i + ".csv"));
    }
  }

  private static Dataset<Row> rows(SparkSession spark, long events) {
    Column event = col("id");
    Column learner =
        when(event.mod(10).equalTo(0), lit(7L)).otherwise(some(event, "learner", LEARNERS));
    return spark
        .range(events)
        .select(
            event,
            lit("\\mod_page\\event\\course_module_viewed").as("eventname"),
            lit("mod_page").as("component"),
            lit("viewed").as("action"),
            lit("course_module").as("target"),
            lit("page").as("objecttable"),
            some(event, "object", 20_000).as("objectid"),
            lit("r").as("crud"),
            lit(2).as("edulevel"),
            some(event, "context", 50_000).as("contextid"),
            lit(70).as("contextlevel"),
            some(event, "instance", 50_000).as("contextinstanceid"),
            learner.as("userid"),
            some(event, "course", COURSES).as("courseid"),
            lit(0).as("relateduserid"),
            lit(0).as("anonymous"),
            lit(EMPTY).as("other"),
            event.multiply(3).plus(FIRST).as("timecreated"),
            lit("web").as("origin"),
            concat(lit("203.0.113."), some(event, "host", 254)).as("ip"),
            lit(EMPTY).as("realuserid"));
  }

  private static Column some(Column event, String what, int of) {
    return pmod(xxhash64(event, lit(what)), lit((long) of)).plus(1);
  }
}
