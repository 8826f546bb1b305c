package needle.pipelines.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import needle.kit.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir Path folder;

  @Test
  void passwordsMayLieInAFile() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
    Credentials credentials =
        Credentials.of(
            "hr-db",
            Map.of(
                "NEEDLE_JDBC_HR_DB_USER",
                "u",
                "NEEDLE_JDBC_HR_DB_PASSWORD_FILE",
                secret.toString()));
    assertThat(credentials.properties())
        .containsEntry("user", "u")
        .containsEntry("password", "s3cret");
    assertThat(credentials.toString()).doesNotContain("s3cret");
  }

  @Test
  void whatIsNotSetIsNamed() {
    assertThatThrownBy(() -> Credentials.of("hr", Map.of("NEEDLE_JDBC_HR_USER", "u")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("NEEDLE_JDBC_HR_PASSWORD or NEEDLE_JDBC_HR_PASSWORD_FILE is not set");
    assertThatThrownBy(
            () ->
                Credentials.of(
                    "hr",
                    Map.of("NEEDLE_JDBC_HR_USER", "u", "NEEDLE_JDBC_HR_PASSWORD_FILE", "/no/such")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("/no/such, which cannot be opened");
  }
}
