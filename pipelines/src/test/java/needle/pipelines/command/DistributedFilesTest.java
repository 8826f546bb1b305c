package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import needle.pipelines.lake.DeltaTables;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries and tables on a filesystem that is not this machine's: HDFS, with real servers. */
class DistributedFilesTest extends CommandTest {
  private static final String HEADER = "learner,course,hours\n";

  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start(@TempDir Path disks) throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, disks.toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs.waitActive();
  }

  @AfterAll
  static void stop() {
    hdfs.shutdown();
  }

  private static String at(String name) {
    return hdfs.getURI() + "/" + name;
  }

  private int there(String... args) {
    return in(hdfs.getURI().toString(), args);
  }

  private static void land(String file, String content) throws IOException {
    FileSystem files = hdfs.getFileSystem();
    OutputStream raw = files.create(new org.apache.hadoop.fs.Path("/landing", file));
    try (OutputStream out = file.endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  private String stored() {
    return text(
        new DeltaTables(session(), at("warehouse")).latest("bronze.lms_completions"),
        "_file",
        "_line",
        "_outcome",
        "learner",
        "hours",
        "_reason");
  }

  @Test
  void deliveriesAreIngestedReplayedAndRead() throws IOException {
    declare("completions", completions("1.0.0").replace("*.csv", "*"));
    land("lms/completions/2025-01-03/a.csv", HEADER + "u1,SAL-1,2\nu2,SAL-1,n/a\n");
    assertThat(there("ingest", "--dry-run")).as(err()).isZero();
    assertThat(there("ingest")).as(err()).isZero();
    land("lms/completions/2025-02-03/b.csv.gz", HEADER + "u1,SAL-1,2\nu3,SAL-1,4\n");
    assertThat(there("ingest")).as(err()).isZero();
    String once = stored();
    assertThat(there("ingest")).as(err()).isZero();
    assertThat(stored()).isEqualTo(once);
    declare(
        "completions",
        completions("1.1.0", "{property: emptyTexts, value: [\"n/a\"]}").replace("*.csv", "*"));
    assertThat(there("replay")).as(err()).isZero();
    assertThat(stored())
        .isEqualTo(
            """
            lms/completions/2025-01-03/a.csv | 2 | accepted | u1 | 2.0 |
            lms/completions/2025-01-03/a.csv | 3 | accepted | u2 |  |
            lms/completions/2025-02-03/b.csv.gz | 2 | duplicate |  |  |
            lms/completions/2025-02-03/b.csv.gz | 3 | accepted | u3 | 4.0 |""");
    assertThat(
            needle(
                "sql",
                "--warehouse",
                at("warehouse"),
                "--config",
                folder.resolve("config").toString(),
                "--staged",
                "select count(*) n from bronze.lms_completions"))
        .as(err())
        .isZero();
    assertThat(out()).contains("3");
  }
}
