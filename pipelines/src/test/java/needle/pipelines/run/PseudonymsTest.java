package needle.pipelines.run;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import needle.SparkTest;
import needle.kit.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudonymsTest extends SparkTest {
  private String of(Pseudonyms pseudonyms, String naturalKey) {
    return session().range(1).select(pseudonyms.of(lit(naturalKey))).first().getString(0);
  }

  @Test
  void isHmacSha256() {
    // The value is openssl's, its first 128 bits:
    // printf 'what do ya want for nothing?' | openssl dgst -sha256 -hmac 'JefeJefeJefeJefe'
    Pseudonyms pseudonyms = Pseudonyms.from(Map.of(Pseudonyms.KEY, "JefeJefeJefeJefe"));
    assertThat(of(pseudonyms, "what do ya want for nothing?"))
        .isEqualTo("2ccd85dfc8d18cb5d84fef4b19855469");
  }

  @Test
  void anotherKeyGivesAnotherPseudonymAndAnEmptyKeyNone() {
    Pseudonyms one = Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdef"));
    Pseudonyms other = Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdeg"));
    assertThat(of(one, "person:1")).isNotEqualTo(of(other, "person:1"));
    assertThat(of(one, null)).isNull();
  }

  @Test
  void theKeyMayComeFromAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "0123456789abcdef\n");
    assertThat(of(Pseudonyms.from(Map.of(Pseudonyms.KEY_FILE, file.toString())), "a"))
        .isEqualTo(of(Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdef")), "a"));
    assertThatThrownBy(
            () -> Pseudonyms.from(Map.of(Pseudonyms.KEY_FILE, folder.resolve("none").toString())))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void withoutASecretKeyThereIsNoRun() {
    assertThatThrownBy(() -> Pseudonyms.from(Map.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There is no key");
    assertThatThrownBy(() -> Pseudonyms.from(Map.of(Pseudonyms.KEY, "short")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("fewer than 16");
    assertThatThrownBy(
            () ->
                Pseudonyms.from(
                    Map.of(Pseudonyms.KEY, "the simulated company's key, which protects nobody")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("the demo's");
  }
}
