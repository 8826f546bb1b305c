package needle.pipelines.simulate;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import needle.pipelines.simulate.Company.Stream;
import needle.pipelines.simulate.Program.Channel;

/**
 * Who took which course, as the two learning systems record it, with tests before and after and
 * what participants said of it.
 *
 * <p>Courses end in the first eight days of a month. Some records are mistakes, withdrawn later.
 */
final class LearningExtracts {
  private static final ZoneId SURVEY_ZONE = ZoneId.of("America/Denver");
  private static final ZoneId TEST_ZONE = ZoneId.of("America/New_York");
  private static final double RESPONSE_SHARE = 0.60;
  private static final double PREVIEW_SHARE = 0.01;
  private static final double MISTAKE_SHARE = 0.005;
  private static final double MOST_POINTS = 100;
  private static final double PASS_POINTS = 60;

  private final Site site;
  private final Company company;
  private final Deliveries out;
  private final XapiStatements statements;

  private LearningExtracts(Site site, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.out = out;
    this.statements = new XapiStatements(site, out);
  }

  /** Delivers everything that the learning systems know about a site. */
  static void deliver(Site site, Deliveries out) {
    LearningExtracts learning = new LearningExtracts(site, out);
    for (Person person : site.people()) {
      for (Program program : Program.values()) {
        learning.deliver(person, program);
      }
    }
    learning.statements.deliverTestAccount();
  }

  private void deliver(Person person, Program program) {
    Dice dice = company.dice(Stream.LEARNING, person.number(), program.ordinal());
    int trained = person.trainedIn(program);
    int abandoned = person.abandonedIn(program);
    if (abandoned != Program.NEVER) {
      abandon(person, program, abandoned, dice);
    }
    if (trained != Program.NEVER) {
      complete(person, program, trained, dice);
    } else if (abandoned == Program.NEVER && dice.chance(MISTAKE_SHARE)) {
      mistake(person, program, dice);
    }
  }

  private void complete(Person person, Program program, int month, Dice dice) {
    Employment employment = person.employmentIn(month);
    LocalDate day = company.firstDay(month).plusDays(dice.between(0, 7));
    long endedAt = Moments.workday(day, site.place().zone(), dice);
    if (program.channel() == Channel.XAPI) {
      statements.complete(employment, program, month, endedAt, dice);
    } else {
      item(employment, program, month, true, endedAt, endedAt, 0, "Active", dice);
    }
    test(employment, program, month, endedAt, dice);
    if (dice.chance(RESPONSE_SHARE)) {
      respond(person, program, month, "0", endedAt + 3600L * dice.between(1, 60), dice);
    }
    if (dice.chance(PREVIEW_SHARE)) {
      respond(person, program, month, "1", endedAt + 3600L * dice.between(1, 60), dice);
    }
  }

  private void abandon(Person person, Program program, int month, Dice dice) {
    Employment employment = person.employmentIn(month);
    long gaveUpAt = Moments.workday(company.firstDay(month).plusDays(6), site.place().zone(), dice);
    if (program.channel() == Channel.XAPI) {
      statements.launch(employment, program, month, gaveUpAt, dice);
    } else {
      item(employment, program, month, false, gaveUpAt, gaveUpAt, 0, "Active", dice);
    }
  }

  // A completion of someone who never came, taken back a month later.
  private void mistake(Person person, Program program, Dice dice) {
    int month = dice.between(1, company.months() - 2);
    Employment employment = person.employmentIn(month);
    if (employment == null) {
      return;
    }
    long at = Moments.workday(company.firstDay(month).plusDays(2), site.place().zone(), dice);
    if (program.channel() == Channel.XAPI) {
      statements.completeByMistake(employment, program, month, at, dice);
    } else {
      long withdrawnAt = at + 86_400L * 30;
      item(employment, program, month, true, at, at, 1, "Active", dice);
      item(employment, program, month + 1, true, at, withdrawnAt, 1, "Deleted", dice);
    }
  }

  private void item(
      Employment employment,
      Program program,
      int month,
      boolean isCompleted,
      long endedAt,
      long updatedAt,
      int row,
      String status,
      Dice dice) {
    long id = employment.person().number() * 100 + program.ordinal() * 2L + row;
    out.deliver(
        Extract.LEARNING_HISTORY,
        month,
        employment.userId(),
        "COURSE",
        program.courseId(),
        Long.toString(1000 * Moments.utc(LocalDate.of(2022, 1, 1), 0)),
        program.title(),
        isCompleted ? "COURSE-COMPL" : "COURSE-INCOMPL",
        Boolean.toString(isCompleted),
        Long.toString(1000 * endedAt),
        Double.toString(program.hours()),
        isCompleted ? Double.toString(program.hours()) : "0.0",
        "",
        dice.pick("Okafor, Dr. Amara", "Lindqvist, Per", "Moreau, Claire"),
        Long.toString(1000 * updatedAt),
        "",
        Long.toString(id),
        "1",
        status);
  }

  private void test(Employment employment, Program program, int month, long endedAt, Dice dice) {
    double ability = 50 + 6 * employment.person().performance();
    long startedAt = endedAt - (long) (3600 * Math.min(6, program.hours()));
    score(employment, program, month, "pre", 1, startedAt, points(ability, dice));
    double after = points(ability + 20, dice);
    score(employment, program, month, "post", 1, endedAt, after);
    if (after < PASS_POINTS) {
      score(employment, program, month, "post", 2, endedAt + 3600, points(ability + 25, dice));
    }
  }

  private static double points(double mean, Dice dice) {
    return Math.max(0, Math.min(MOST_POINTS, Math.round(mean + 10 * dice.normal())));
  }

  private void score(
      Employment employment,
      Program program,
      int month,
      String phase,
      int attempt,
      long at,
      double points) {
    out.deliver(
        Extract.ASSESSMENT_SCORES,
        month,
        employment.userId(),
        program.courseId(),
        phase,
        Integer.toString(attempt),
        Moments.local(at, TEST_ZONE, 'T'),
        Double.toString(points),
        Double.toString(MOST_POINTS));
  }

  private void respond(
      Person person, Program program, int month, String status, long at, Dice dice) {
    int seconds = dice.between(20, 400);
    String ended = Moments.local(at, SURVEY_ZONE, ' ');
    boolean isPreview = status.equals("1");
    out.deliver(
        Extract.LEVEL1_SURVEY,
        month,
        Moments.local(at - seconds, SURVEY_ZONE, ' '),
        ended,
        status,
        "100",
        Integer.toString(seconds),
        "1",
        ended,
        Ids.response(dice),
        isPreview ? "" : person.email(month),
        program.courseId(),
        isPreview ? "preview" : "email",
        "EN",
        Ids.address(dice),
        Integer.toString(answer(program.satisfaction(), dice)),
        Integer.toString(answer(program.satisfaction() - 0.2, dice)),
        dice.chance(0.2) ? "Good, but \"too long\", as always" : "");
  }

  private static int answer(double mean, Dice dice) {
    return (int) Math.max(1, Math.min(5, Math.round(mean + 0.7 * dice.normal())));
  }

  /** The zone in which a statement's clock runs: the learner's, or UTC from the phone app. */
  static ZoneId clock(Site site, Dice dice) {
    return dice.chance(0.3) ? ZoneOffset.UTC : site.place().zone();
  }
}
