package needle.kit;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import needle.SparkTest;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest extends SparkTest {
  private Dataset<Row> numbers(List<Double> numbers, int partitions) {
    return session().createDataset(numbers, Encoders.DOUBLE()).toDF("x").repartition(partitions);
  }

  private Object of(List<Double> numbers, int partitions) {
    return numbers(numbers, partitions).agg(ExactSum.of("x")).first().get(0);
  }

  @Test
  void aSumDoesNotDependOnTheOrder() {
    Random random = new Random(7);
    List<Double> amounts =
        random
            .ints(5_000, -90_000_000, 90_000_000)
            .mapToObj(cents -> cents / 100.0)
            .collect(Collectors.toList());
    BigDecimal truth =
        amounts.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
    Object first = of(amounts, 1);
    assertThat(first).isEqualTo(truth.doubleValue());
    for (int partitions : new int[] {2, 3, 7}) {
      Collections.shuffle(amounts, random);
      assertThat(of(amounts, partitions)).isEqualTo(first);
    }
    // What the order would have left in it.
    assertThat(amounts.stream().mapToDouble(x -> x).reduce(0, Double::sum)).isNotEqualTo(first);
  }

  @Test
  void partsOfANumberAreExactToTheBillionth() {
    assertThat(of(Collections.nCopies(1_000, 0.001), 3)).isEqualTo(1.0);
    assertThat(of(List.of(-0.25, 1e-9, 3e-10), 1)).isEqualTo(-0.249999999);
    assertThat(of(List.of(), 1)).isNull();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e19, -1e30, Double.NaN, Double.POSITIVE_INFINITY})
  void whatNoWholeNumberHoldsIsAnError(double number) {
    assertThatThrownBy(() -> of(List.of(number, 1.0), 1)).hasMessageContaining("OVERFLOW");
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.3", "7000000.1, 7000000.3", "12000000.1, 12000000.7", "9.1e9, 1.3"})
  void whatTheOrderLeftIsSettled(double one, double other) {
    double[] forth = {one, other, one * 2, 0.7};
    double[] back = {0.7, one * 2, other, one};
    double first = added(forth);
    double second = added(back);
    Column settled = ExactSum.settled(col("x"));
    List<Double> both =
        numbers(List.of(first, second), 1).select(settled).as(Encoders.DOUBLE()).collectAsList();
    assertThat(both.get(0)).isEqualTo(both.get(1));
    assertThat(both.get(0)).isCloseTo(one * 3 + other + 0.7, within(first));
  }

  private static double added(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }

  private static org.assertj.core.data.Offset<Double> within(double size) {
    return org.assertj.core.data.Offset.offset(size < 9e6 ? 1e-9 : 1e-6);
  }
}
