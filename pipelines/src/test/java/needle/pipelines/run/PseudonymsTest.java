package needle.pipelines.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.SparkTest;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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

  // A plain hash of an employee number is reversed in less than a second.
  @Test
  void tryingEveryEmployeeNumberDoesNotFindWhoAPseudonymIs() throws GeneralSecurityException {
    String person = "person:1234567";
    Set<String> pseudonyms = new HashSet<>();
    pseudonyms.add(of(Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdef")), person));
    assertThat(found(pseudonyms)).isEmpty();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    pseudonyms.add(HexFormat.of().formatHex(sha256.digest(bytes(person))).substring(0, 32));
    assertThat(found(pseudonyms)).containsExactly(person);
  }

  private static List<String> found(Set<String> pseudonyms) throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    List<String> found = new ArrayList<>();
    for (int number = 1_000_000; number < 2_000_000; number++) {
      for (String guess : List.of("person:" + number, Integer.toString(number))) {
        String hash = HexFormat.of().formatHex(sha256.digest(bytes(guess)));
        if (pseudonyms.contains(hash) || pseudonyms.contains(hash.substring(0, 32))) {
          found.add(guess);
        }
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
  void aVersionTellsKeysApartAndHidesThem() {
    Pseudonyms one = Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdef"));
    Pseudonyms other = Pseudonyms.from(Map.of(Pseudonyms.KEY, "0123456789abcdeg"));
    // printf 'needle: which key is this?' | openssl dgst -sha256 -hmac 0123456789abcdef
    assertThat(one.keyVersion()).isEqualTo("37e34b01c27e").isNotEqualTo(other.keyVersion());
    assertThat(Pseudonyms.forTheDemo().keyVersion()).isEqualTo("demo");
  }

  /** Whoever has the tables and knows how employee numbers look tries all of them. */
  @Test
  void tryingAllNumbersFindsThePeopleBehindPlainHashesAndNotBehindOurs() {
    Pseudonyms ours = Pseudonyms.from(Map.of(Pseudonyms.KEY, "the key of the company"));
    Pseudonyms guessed = Pseudonyms.from(Map.of(Pseudonyms.KEY, "a key that was guessed"));
    Column person = concat(lit("person:"), col("id"));
    Dataset<Row> all = session().range(1_000_000).withColumn("person", person);
    Dataset<Row> published =
        all.where("id % 10000 = 17")
            .select(ours.of(person).as("ours"), sha2(person, 256).as("plain"));
    assertThat(published.count()).isEqualTo(100);
    assertThat(found(published, "plain", all, sha2(col("person"), 256))).isEqualTo(100);
    assertThat(found(published, "ours", all, sha2(col("person"), 256).substr(1, 32))).isZero();
    assertThat(found(published, "ours", all, guessed.of(col("person")))).isZero();
    assertThat(found(published, "ours", all, ours.of(col("person")))).isEqualTo(100);
  }

  private static long found(Dataset<Row> published, String hash, Dataset<Row> all, Column attempt) {
    return published.join(all, col(hash).equalTo(attempt)).count();
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
