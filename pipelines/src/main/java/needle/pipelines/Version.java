package needle.pipelines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which code is running, as the build recorded it. */
public final class Version {
  private Version() {}

  /** The version and the commit it was built from. */
  public static String code() {
    try (InputStream in = Version.class.getResourceAsStream("/needle-version.properties")) {
      Properties recorded = new Properties();
      recorded.load(in);
      return recorded.getProperty("version") + "+" + recorded.getProperty("commit");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
