package needle.pipelines.lake;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Predicate;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.SnapshotDescriptor;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.files.TahoeBatchFileIndex;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractPartialFunction;

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
    if (partitionFilters.isEmpty()) {
      return addFiles();
    }
    Expression all =
        CollectionConverters.asJava(partitionFilters).stream().reduce(And::new).orElseThrow();
    BasePredicate wanted = Predicate.createInterpreted(all.transform(new OfPartitionValues()));
    return CollectionConverters.asScala(
            CollectionConverters.asJava(addFiles()).stream()
                .filter(f -> wanted.eval(getPartitionValuesRow(f.partitionValues())))
                .toList())
        .toSeq();
  }

  // A filter names the columns of the query; a file says its values in the order of the partitions.
  private final class OfPartitionValues extends AbstractPartialFunction<Expression, Expression> {
    @Override
    public boolean isDefinedAt(Expression part) {
      return part instanceof AttributeReference;
    }

    @Override
    public Expression apply(Expression part) {
      AttributeReference column = (AttributeReference) part;
      return new BoundReference(
          partitionSchema().fieldIndex(column.name()), column.dataType(), column.nullable());
    }
  }
}
