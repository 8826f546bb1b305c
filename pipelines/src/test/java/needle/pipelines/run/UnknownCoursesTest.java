package needle.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.pipelines.config.Declarations;
import org.junit.jupiter.api.Test;

/** A course id that no learning system knows looks as if nobody had been trained. */
class UnknownCoursesTest {
  private final List<MeasurementPlan> plans = Declarations.read(Path.of(".")).plans();

  private Set<String> allBut(String course) {
    return plans.stream()
        .flatMap(plan -> plan.courseIds().stream())
        .map(known -> known.equals(course) ? known + "-A" : known)
        .collect(Collectors.toSet());
  }

  @Test
  void aCourseThatNobodyTookIsToldOnceItsProgramIsLaunched() {
    MeasurementPlan plan = plans.get(0);
    String course = plan.courseIds().get(0);
    LocalDate start = LocalDate.parse("2000-01-01");
    YearMonth launch = YearMonth.from(plan.launchOn());
    Period launched = new Period(start, launch.atEndOfMonth());
    assertThat(UnknownCourses.warnings(List.of(plan), launched, allBut(course)))
        .containsExactly(
            "no learning record has the course "
                + course
                + " of plan "
                + plan.programId()
                + "; did you mean "
                + course
                + "-A?");
    assertThat(UnknownCourses.warnings(List.of(plan), launched, allBut(""))).isEmpty();
    Period before = new Period(start, launch.minusMonths(1).atEndOfMonth());
    assertThat(UnknownCourses.warnings(List.of(plan), before, allBut(course))).isEmpty();
  }
}
