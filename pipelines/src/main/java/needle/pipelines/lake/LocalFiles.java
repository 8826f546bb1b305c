package needle.pipelines.lake;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFs;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system without its shell commands.
 *
 * <p>Where Hadoop's native library is missing, as it mostly is, it starts {@code chmod} for every
 * file that it makes and {@code readlink} for every status of a possible link: a dozen processes
 * per Delta commit. Java sets permissions by itself. Bytes, names and checksums stay as they are.
 */
public final class LocalFiles {
  /** What makes Hadoop use these. */
  public static final Map<String, String> HADOOP =
      Map.of(
          "fs.file.impl", Checked.class.getName(),
          "fs.AbstractFileSystem.file.impl", Contexts.class.getName());

  private LocalFiles() {}

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      PosixFileAttributeView view =
          Files.getFileAttributeView(pathToFile(path).toPath(), PosixFileAttributeView.class);
      if (view == null || permission.getStickyBit()) {
        super.setPermission(path, permission);
      } else {
        view.setPermissions(PosixFilePermissions.fromString(permission.toString()));
      }
    }

    // Hadoop asks readlink about a URI, which it never finds: a link has the status of its target.
    @Override
    public FileStatus getFileLinkStatus(Path path) throws IOException {
      return getFileStatus(path);
    }
  }

  /** For {@code FileSystem}, through which data is read and written. */
  public static final class Checked extends LocalFileSystem {
    public Checked() {
      super(new Raw());
    }
  }

  /** For {@code FileContext}, through which Delta writes its log. */
  public static final class Contexts extends ChecksumFs {
    public Contexts(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(new RawContexts(uri, conf));
    }
  }

  private static final class RawContexts extends DelegateToFileSystem {
    RawContexts(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(uri, new Raw(), conf, uri.getScheme(), false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    @Override
    public boolean isValidName(String path) {
      return true;
    }
  }
}
