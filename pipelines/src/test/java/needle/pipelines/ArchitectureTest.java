package needle.pipelines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.WarehouseLock;

@AnalyzeClasses(packages = "needle.pipelines", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> WRITE_THE_LEDGER =
      DescribedPredicate.describe(
          "write the ledger",
          c ->
              c.getConstructorCallsFromSelf().stream()
                  .anyMatch(call -> call.getTargetOwner().isEquivalentTo(RunLedger.class)));

  @ArchTest
  static final ArchRule WHOEVER_WRITES_TAKES_THE_LOCK =
      classes()
          .that()
          .resideInAPackage("..command..")
          .and(WRITE_THE_LEDGER)
          .should()
          .callMethod(WarehouseLock.class, "take", String.class);

  @ArchTest
  static final ArchRule ONLY_COMMANDS_KNOW_WHAT_TIME_IT_IS =
      noClasses()
          .that()
          .resideOutsideOfPackage("..command..")
          .should()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");
}
