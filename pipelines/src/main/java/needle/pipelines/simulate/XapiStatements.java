package needle.pipelines.simulate;

import java.util.Locale;
import needle.pipelines.simulate.Company.Stream;

/** What learners did, as the learning record store keeps it: one JSON statement per line. */
final class XapiStatements {
  private static final String VERBS = "http://adlnet.gov/expapi/verbs/";
  private static final String COURSES = "https://learning.example.com/courses/";
  private static final String HOME = "https://hris.example.com";

  private final Site site;
  private final Company company;
  private final Deliveries out;

  XapiStatements(Site site, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.out = out;
  }

  /** Launched, completed, and for most passed too. */
  void complete(Employment learner, Program program, int month, long endedAt, Dice dice) {
    launch(learner, program, month, endedAt - (long) (3600 * program.hours()), dice);
    String course = activity(program);
    String duration = "PT" + (int) (60 * program.hours()) + "M";
    String completed =
        String.format(",\"result\":{\"completion\":true,\"duration\":\"%s\"}", duration);
    state(learner.userId(), "completed", course, completed, month, endedAt, dice);
    if (dice.chance(0.8)) {
      String passed =
          String.format(
              Locale.ROOT,
              ",\"result\":{\"success\":true,\"score\":{\"scaled\":%.2f}}",
              dice.between(0.6, 1.0));
      state(learner.userId(), "passed", course, passed, month, endedAt + 60, dice);
    }
  }

  void launch(Employment learner, Program program, int month, long at, Dice dice) {
    state(learner.userId(), "launched", activity(program), "", month, at, dice);
  }

  /** A completion that another statement voids, now or a month later. */
  void completeByMistake(Employment learner, Program program, int month, long at, Dice dice) {
    String result = ",\"result\":{\"completion\":true}";
    String id = state(learner.userId(), "completed", activity(program), result, month, at, dice);
    int voidedIn = Math.min(month + dice.between(0, 1), company.months() - 1);
    String reference = String.format("{\"objectType\":\"StatementRef\",\"id\":\"%s\"}", id);
    state("lms-admin", "voided", reference, "", voidedIn, at + 86_400L * 20, dice);
  }

  /** A test account completes every course; it belongs to nobody. */
  void deliverTestAccount() {
    Dice dice = company.dice(Stream.STATEMENTS, site.number(), 0);
    for (Program program : Program.of(Program.Channel.XAPI)) {
      int month = dice.between(0, company.months() - 1);
      long at = Moments.utc(company.firstDay(month), 36_000);
      String result = ",\"result\":{\"completion\":true}";
      state("test-" + site.code(), "completed", activity(program), result, month, at, dice);
    }
  }

  private static String activity(Program program) {
    return String.format(
        "{\"objectType\":\"Activity\",\"id\":\"%s%s\",\"definition\":{\"name\":{\"en-US\":\"%s\"}}}",
        COURSES, program.courseId(), program.title());
  }

  private String state(
      String account, String verb, String object, String result, int month, long at, Dice dice) {
    String id = Ids.uuid(dice);
    String actor =
        String.format(
            "{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"%s\",\"name\":\"%s\"}}",
            HOME, account);
    out.deliver(
        Extract.XAPI_STATEMENTS,
        month,
        String.format(
            "{\"id\":\"%s\",\"actor\":%s,\"verb\":{\"id\":\"%s%s\",\"display\":{\"en-US\":\"%s\"}},"
                + "\"object\":%s%s,\"context\":{\"registration\":\"%s\",\"platform\":\"Academy\"},"
                + "\"timestamp\":\"%s\",\"stored\":\"%s\",\"version\":\"1.0.3\"}",
            id,
            actor,
            VERBS,
            verb,
            verb,
            object,
            result,
            Ids.uuid(dice),
            Moments.isoWithOffset(at, LearningExtracts.clock(site, dice)),
            Moments.iso(at + dice.between(1, 20))));
    return id;
  }
}
