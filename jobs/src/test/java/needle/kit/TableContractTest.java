package needle.kit;

import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import needle.SparkTest;
import org.junit.jupiter.api.Test;

class TableContractTest extends SparkTest {
  private static final TableContract HOURS =
      TableContract.table(Layer.SILVER, "hours", "Hours worked")
          .oneRowPer("employee_id")
          .column("employee_id", TEXT, "Who")
          .optional("hours", NUMBER, "How long; empty when unknown");

  @Test
  void namesItselfAsAnalystsWriteIt() {
    assertThat(HOURS.qualifiedName()).isEqualTo("silver.hours");
  }

  @Test
  void givesASchemaThatSparkAccepts() {
    assertThat(session().createDataFrame(java.util.List.of(), HOURS.schema()).columns())
        .containsExactly("employee_id", "hours");
  }
}
