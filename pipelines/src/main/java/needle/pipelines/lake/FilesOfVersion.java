package needle.pipelines.lake;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.SnapshotDescriptor;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.files.TahoeBatchFileIndex;
import scala.collection.immutable.Seq;

/**
 * The files of one version of a table, listed once for all that read it.
 *
 * <p>Delta looks for a version's files with Spark jobs, for every scan of every query; tables of a
 * few hundred files, of which a run reads each several times, cost more in looking than in reading.
 */
final class FilesOfVersion extends TahoeBatchFileIndex {
  FilesOfVersion(
      SparkSession spark, DeltaLog log, SnapshotDescriptor snapshot, Seq<AddFile> files) {
    super(spark, "batch", files, log, log.dataPath(), snapshot, false);
  }

  @Override
  public Seq<AddFile> matchingFiles(Seq<Expression> partitionFilters, Seq<Expression> dataFilters) {
    return partitionFilters.isEmpty()
        ? addFiles()
        : super.matchingFiles(partitionFilters, dataFilters);
  }
}
