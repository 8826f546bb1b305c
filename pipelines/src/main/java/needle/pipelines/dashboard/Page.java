package needle.pipelines.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import needle.kit.InvalidInput;

/**
 * The page's sources, put together into one file that needs neither network nor server.
 *
 * <p>{@code page.json} lists the style sheets, vendored libraries and scripts in their order; each
 * list fills the slot of its name in {@code index.html}.
 */
public final class Page {
  private final Path sources;

  /**
   * @param sources the folder with {@code index.html} and {@code page.json}
   */
  public Page(Path sources) {
    this.sources = sources;
  }

  /** The whole page, showing that data. */
  public String showing(String dataJson) {
    JsonNode parts = parts();
    String page = read("index.html");
    page = fill(page, "<!-- inline:css -->", inlined(parts, "css", "style", text -> text));
    page = fill(page, "<!-- inline:vendor -->", inlined(parts, "vendor", "script", Page::closed));
    page = fill(page, "<!-- inline:scripts -->", inlined(parts, "scripts", "script", Page::closed));
    // Inside a script element only "<" can end it or open a comment.
    return fill(page, "/* inline:data */", dataJson.replace("<", "\\u003c"));
  }

  private JsonNode parts() {
    try {
      return new ObjectMapper().readTree(read("page.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String inlined(JsonNode parts, String list, String tag, UnaryOperator<String> escape) {
    StringBuilder all = new StringBuilder();
    for (JsonNode file : parts.path(list)) {
      all.append('<').append(tag).append(">\n").append(escape.apply(read(file.asText())));
      all.append("\n</").append(tag).append(">\n");
    }
    return all.toString();
  }

  private static String closed(String script) {
    return script.replaceAll("(?i)</(script)", "<\\\\/$1").replace("<!--", "<\\!--");
  }

  private String fill(String page, String slot, String content) {
    if (!page.contains(slot)) {
      throw new InvalidInput(
          "The dashboard's index.html has no slot for its parts",
          "it lacks " + slot,
          "put the line back, or restore " + sources.resolve("index.html"));
    }
    return page.replace(slot, content);
  }

  private String read(String file) {
    try {
      return Files.readString(sources.resolve(file));
    } catch (NoSuchFileException e) {
      throw new InvalidInput(
          "The dashboard has no " + file,
          sources.toAbsolutePath().resolve(file) + " does not exist",
          "restore it, or point --sources at the folder with index.html and page.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
