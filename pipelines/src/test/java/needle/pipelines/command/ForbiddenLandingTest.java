package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Folders of the landing folder that may not be looked into; permissions do not bind every user.
 */
class ForbiddenLandingTest extends CommandTest {
  /** Local files, of which those in a folder named forbidden are out of sight. */
  public static final class Guarded extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("guarded:///");
    }

    // As the local filesystem has it: what is out of sight is not there.
    @Override
    public boolean exists(Path path) throws IOException {
      for (Path above = path.getParent(); above != null; above = above.getParent()) {
        if (isForbidden(above)) {
          return false;
        }
      }
      return super.exists(path);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      if (isForbidden(path)) {
        throw new AccessDeniedException(path.toString());
      }
      return super.listStatus(path);
    }

    private static boolean isForbidden(Path path) {
      return path.getName().equals("forbidden");
    }
  }

  @BeforeEach
  void guard() {
    session().sparkContext().hadoopConfiguration().set("fs.guarded.impl", Guarded.class.getName());
  }

  private int ingest(String landing) {
    return needle(
        "ingest",
        "--landing",
        "guarded://" + folder.resolve(landing),
        "--warehouse",
        folder.resolve("warehouse").toString(),
        "--config",
        folder.resolve("config").toString());
  }

  @Test
  void aSystemThatMayNotBeLookedIntoIsNotOneThatDeliveredNothing() throws IOException {
    declare("completions", completions("1.0.0"));
    declare(
        "accounts",
        completions("1.0.0").replace("completions", "accounts").replace("lms/", "forbidden/"));
    deliver("lms/completions/2025-01-03/c.csv", "learner,course,hours\nu1,SAL-1,2\n");
    assertThat(ingest("landing")).isZero();
    deliver("forbidden/accounts/2025-01-03/a.csv", "learner,course,hours\nu1,SAL-1,2\n");
    assertThat(ingest("landing")).isEqualTo(2);
    assertThat(err()).contains("Cannot read the landing folder", "forbidden", "permissions");
  }

  @Test
  void aLandingFolderThatMayNotBeLookedIntoIsNotAnEmptyOne() throws IOException {
    declare("completions", completions("1.0.0"));
    deliver("forbidden/lms/completions/2025-01-03/c.csv", "learner,course,hours\nu1,SAL-1,2\n");
    assertThat(ingest("landing/forbidden")).isEqualTo(2);
    assertThat(err()).contains("Cannot read the landing folder", "permissions");
  }
}
