package needle.pipelines.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import needle.kit.InvalidInput;
import needle.kit.Unavailable;
import needle.pipelines.config.ExtractContract.Pull;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFaultTest {
  private static final Pull COURSES =
      new Pull("hr", "jdbc:postgresql://db/hr", "public.courses", "changed_at");

  @ParameterizedTest
  @CsvSource({
    "08001, true", // no connection
    "40001, true", // lost to another transaction
    "53300, true", // too many connections
    "57P03, true", // starting up
    "28P01, false", // wrong password
    "42P01, false", // no such table
    "22003, false", // out of range
    ", false"
  })
  void whatPassesByItselfIsToldFromWhatSomebodyMustPutRight(String state, boolean passes) {
    InvalidInput told = DatabaseFault.of(COURSES, new SQLException("so it is", state));
    assertThat(told instanceof Unavailable).isEqualTo(passes);
    assertThat(told.getMessage()).contains("public.courses", "cause:", "remedy:");
  }
}
