package needle.pipelines.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import needle.kit.InvalidInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  private static final String INDEX =
      """
      <html><head><!-- inline:css --></head><body>
      <script type="application/json" id="needle-data">/* inline:data */</script>
      <!-- inline:vendor --><!-- inline:scripts --></body></html>
      """;

  @TempDir Path folder;

  @BeforeEach
  void sources() throws IOException {
    write("index.html", INDEX);
    write("page.json", "{\"css\": [\"a.css\"], \"vendor\": [\"v.js\"], \"scripts\": [\"b.js\"]}");
    write("a.css", "body { color: black }");
    write("v.js", "const money = '$1';");
    write("b.js", "const end = '</script>';");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  @Test
  void everyPartStandsInItsSlot() {
    String page = new Page(folder).showing("{\"run\":1}");
    assertThat(page)
        .contains("<style>\nbody { color: black }\n</style>")
        .contains("<script>\nconst money = '$1';\n</script>")
        .contains("id=\"needle-data\">{\"run\":1}</script>")
        .doesNotContain("inline:");
  }

  @Test
  void nothingInTheDataOrAScriptEndsItsElement() {
    String page = new Page(folder).showing("{\"title\":\"</script><script>alert(1)</script>\"}");
    assertThat(page).contains("\\u003c/script>\\u003cscript>alert(1)").contains("'<\\/script>'");
    assertThat(page.split("</script>", -1)).hasSize(4);
  }

  @Test
  void aMissingPartIsNamed() throws IOException {
    Files.delete(folder.resolve("b.js"));
    assertThatThrownBy(() -> new Page(folder).showing("{}"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has no b.js");
  }

  @Test
  void aMissingSlotIsNamed() throws IOException {
    write("index.html", INDEX.replace("<!-- inline:vendor -->", ""));
    assertThatThrownBy(() -> new Page(folder).showing("{}"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("<!-- inline:vendor -->");
  }
}
