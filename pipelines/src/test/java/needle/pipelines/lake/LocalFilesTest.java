package needle.pipelines.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
  private static final FsPermission OWNER_WRITES = new FsPermission((short) 0640);

  @TempDir Path folder;

  private static Configuration ours() {
    Configuration conf = new Configuration(false);
    LocalFiles.HADOOP.forEach(conf::set);
    return conf;
  }

  // Hadoop's own.
  private static Configuration stock() {
    Configuration conf = new Configuration(false);
    conf.set("fs.file.impl", org.apache.hadoop.fs.LocalFileSystem.class.getName());
    conf.set("fs.AbstractFileSystem.file.impl", org.apache.hadoop.fs.local.LocalFs.class.getName());
    return conf;
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }

  private void writeData(Configuration conf, String name) throws IOException {
    try (FileSystem files = FileSystem.newInstance(folder.toUri(), conf);
        FSDataOutputStream out =
            files.create(path(name), OWNER_WRITES, true, 4096, (short) 1, 1 << 20, null)) {
      out.write(name.getBytes(StandardCharsets.UTF_8));
    }
  }

  // As Delta writes an entry of its log.
  private void commit(Configuration conf, String name) throws IOException {
    FileContext context = FileContext.getFileContext(folder.toUri(), conf);
    try (FSDataOutputStream out =
        context.create(
            path(name + ".tmp"),
            EnumSet.of(CreateFlag.CREATE),
            CreateOpts.checksumParam(org.apache.hadoop.fs.Options.ChecksumOpt.createDisabled()))) {
      out.write(name.getBytes(StandardCharsets.UTF_8));
    }
    context.rename(path(name + ".tmp"), path(name));
  }

  private long processesStarted(Configuration conf) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.start();
      writeData(conf, "data");
      commit(conf, "00000.json");
      recording.stop();
      Path events = folder.resolve("events.jfr");
      recording.dump(events);
      return RecordingFile.readAllEvents(events).size();
    }
  }

  @Test
  void noProcessIsStartedToWriteAFileOrACommit() throws IOException {
    assertThat(processesStarted(ours())).isZero();
  }

  @Test
  void hadoopsOwnStartsSeveral() throws IOException {
    assertThat(processesStarted(stock())).isPositive();
  }

  @Test
  void filesHaveThePermissionsTheyWereMadeWith() throws IOException {
    writeData(ours(), "data");
    assertThat(Files.getPosixFilePermissions(folder.resolve("data")))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
  }

  @Test
  void checksumsAreHeldAsHadoopHoldsThem() throws IOException {
    writeData(ours(), "data");
    Path sum = folder.resolve(".data.crc");
    byte[] written = Files.readAllBytes(sum);
    writeData(stock(), "data");
    assertThat(written).isEqualTo(Files.readAllBytes(sum));
  }

  @Test
  void aCommitNeverReplacesAnother() throws IOException {
    commit(ours(), "00000.json");
    assertThatThrownBy(() -> commit(ours(), "00000.json"))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aLinkHasTheStatusThatHadoopGivesIt() throws IOException {
    writeData(ours(), "data");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("data"));
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("none"));
    for (Configuration conf : List.of(ours(), stock())) {
      FileContext context = FileContext.getFileContext(folder.toUri(), conf);
      FileStatus link = context.getFileLinkStatus(path("link"));
      assertThat(link.isSymlink()).isFalse();
      assertThat(link.getLen()).isEqualTo(4);
      assertThatThrownBy(() -> context.getFileLinkStatus(path("dangling")))
          .isInstanceOf(FileNotFoundException.class);
    }
  }
}
