package needle.pipelines.run;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * The keyed hash that stands for a person: the first 128 bits of HMAC-SHA-256, in hex.
 *
 * <p>The key comes from the environment or a secret file, never from a configuration that could be
 * logged; a plain hash would be reversed by trying all employee numbers.
 */
public final class Pseudonyms {
  /** The variable that holds the key. */
  public static final String KEY = "NEEDLE_PSEUDONYM_KEY";

  /** The variable that names a file with the key. */
  public static final String KEY_FILE = "NEEDLE_PSEUDONYM_KEY_FILE";

  private static final int SHORTEST_KEY = 16;
  private static final String CHECKED = "needle: which key is this?";
  private static final String DEMO_VERSION = "demo";
  private static final String DEMO_KEY = "the simulated company's key, which protects nobody";

  private final Keyed function;
  private final String keyVersion;

  private Pseudonyms(String key, String keyVersion) {
    this.function = new Keyed(key.getBytes(StandardCharsets.UTF_8));
    this.keyVersion = keyVersion;
  }

  private Pseudonyms(String key) {
    this(key, new Keyed(key.getBytes(StandardCharsets.UTF_8)).call(CHECKED).substring(0, 12));
  }

  /** The key of the simulated company, whose people do not exist. */
  public static Pseudonyms forTheDemo() {
    return new Pseudonyms(DEMO_KEY, DEMO_VERSION);
  }

  /** Whether that version of a key is the simulated company's. */
  static boolean isOfTheDemo(String keyVersion) {
    return keyVersion.equals(DEMO_VERSION);
  }

  /** The key of this installation. */
  public static Pseudonyms from(Map<String, String> environment) {
    String key = environment.get(KEY);
    String file = environment.get(KEY_FILE);
    if (key == null && file != null) {
      try {
        key = Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        throw new InvalidInput(
            "The pseudonym key cannot be read",
            e instanceof NoSuchFileException
                ? KEY_FILE + " names " + file + ", which does not exist"
                : KEY_FILE + " names " + file + ": " + e.getMessage(),
            "correct the path, or make the first key with `openssl rand -hex 32 > " + file + "`");
      }
    }
    if (key == null) {
      throw new InvalidInput(
          "There is no key to pseudonymise people with",
          "neither " + KEY + " nor " + KEY_FILE + " is set",
          "set one to a secret of at least "
              + SHORTEST_KEY
              + " characters; for the simulated company use --demo-key");
    }
    if (key.length() < SHORTEST_KEY || key.equals(DEMO_KEY)) {
      throw new InvalidInput(
          "The pseudonym key is not secret enough",
          key.equals(DEMO_KEY)
              ? "it is the demo's"
              : "it has fewer than " + SHORTEST_KEY + " characters",
          "make one with `openssl rand -hex 32`");
    }
    return new Pseudonyms(key);
  }

  /**
   * Which key this is: a check value made with the key, from which the key cannot be found. It
   * stands in the run ledger, so that pseudonyms of two keys are never mixed.
   */
  public String keyVersion() {
    return keyVersion;
  }

  /** The pseudonym of a natural key; empty for an empty one. */
  public Column of(Column naturalKey) {
    return functions.udf(function, DataTypes.StringType).apply(naturalKey);
  }

  private static final class Keyed implements UDF1<String, String>, Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] key;
    private transient ThreadLocal<Mac> macs;

    Keyed(byte[] key) {
      this.key = key;
    }

    @Override
    public String call(String naturalKey) {
      if (naturalKey == null) {
        return null;
      }
      byte[] full = mac().doFinal(naturalKey.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(full, 16));
    }

    private synchronized Mac mac() {
      if (macs == null) {
        macs = ThreadLocal.withInitial(this::newMac);
      }
      return macs.get();
    }

    private Mac newMac() {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
      }
    }
  }
}
