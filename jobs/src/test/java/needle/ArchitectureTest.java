package needle;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;

@AnalyzeClasses(packages = "needle", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule LAYERS_NEVER_IMPORT_BACKWARDS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("kit")
          .definedBy("needle.kit")
          .layer("bronze")
          .definedBy("needle.bronze")
          .layer("silver")
          .definedBy("needle.silver")
          .layer("panel")
          .definedBy("needle.panel")
          .layer("estimate")
          .definedBy("needle.estimate..")
          .layer("gold")
          .definedBy("needle.gold")
          .whereLayer("gold")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("estimate")
          .mayOnlyBeAccessedByLayers("gold")
          .whereLayer("panel")
          .mayOnlyBeAccessedByLayers("estimate", "gold")
          .whereLayer("silver")
          .mayOnlyBeAccessedByLayers("panel", "estimate", "gold")
          .whereLayer("bronze")
          .mayOnlyBeAccessedByLayers("silver")
          .whereLayer("kit")
          .mayOnlyBeAccessedByLayers("bronze", "silver", "panel", "estimate", "gold");

  @ArchTest
  static final ArchRule JOBS_TOUCH_NO_FILES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "io.delta..", "org.apache.hadoop..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(DataFrameReader.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(DataFrameWriter.class);

  @ArchTest
  static final ArchRule TODAY_DOES_NOT_EXIST =
      noClasses()
          .should()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule JOBS_SHOW_NOTHING_ON_THE_CONSOLE =
      noClasses()
          .should()
          .callMethod(Dataset.class, "show")
          .orShould()
          .accessField(System.class, "out");

  @ArchTest
  static final ArchRule A_JOB_HAS_A_CONTRACT =
      com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields()
          .that()
          .haveRawType(TableContract.class)
          .and()
          .areDeclaredInClassesThat()
          .implement(Job.class)
          .and()
          .haveName("TABLE")
          .should()
          .bePublic()
          .andShould()
          .beStatic()
          .andShould()
          .beFinal();
}
