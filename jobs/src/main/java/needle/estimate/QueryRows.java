package needle.estimate;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.Seq;

/**
 * The rows of a query as Spark holds them while it computes, and rows of this kind as a query.
 *
 * <p>A row is only valid until the next one is asked for.
 */
final class QueryRows {
  private QueryRows() {}

  /**
   * What is made of each partition's rows. Where a query does no more than take columns of a file
   * that is stored by columns, as Parquet is, they are read from the file's columns: as a plan of
   * its own Spark would write every row into a buffer and pass it on through a list.
   */
  static <T> JavaRDD<T> map(Dataset<Row> query, FlatMapFunction<Iterator<InternalRow>, T> made) {
    SparkPlan whole = query.queryExecution().executedPlan();
    SparkPlan plan = whole instanceof WholeStageCodegenExec generated ? generated.child() : whole;
    if (plan instanceof ProjectExec project && project.child() instanceof ColumnarToRowExec rows) {
      Columns columns = new Columns(project.expressions(), rows.output());
      return batches(rows.child())
          .toJavaRDD()
          .mapPartitions(batches -> made.call(new BatchRows(batches, columns.projection())));
    }
    return query.queryExecution().toRdd().toJavaRDD().mapPartitions(made);
  }

  /** What is made of each row. */
  static <T> JavaRDD<T> each(Dataset<Row> query, Function<InternalRow, T> made) {
    return map(query, rows -> rows).map(made);
  }

  /** Text as Java has it; null where there is none. */
  static String text(UTF8String of) {
    return of == null ? null : of.toString();
  }

  private static RDD<ColumnarBatch> batches(SparkPlan plan) {
    return plan instanceof InputAdapter adapter
        ? adapter.child().executeColumnar()
        : plan.executeColumnar();
  }

  /** The rows as a query, without a copy of them as objects in between. */
  static Dataset<Row> query(
      org.apache.spark.sql.SparkSession spark, JavaRDD<InternalRow> rows, StructType schema) {
    return ((SparkSession) spark).internalCreateDataFrame(rows.rdd(), schema, false);
  }

  private record Columns(Seq<Expression> selected, Seq<Attribute> read) implements Serializable {
    private static final long serialVersionUID = 1L;

    UnsafeProjection projection() {
      return UnsafeProjection.create(selected, read);
    }
  }

  private static final class BatchRows implements Iterator<InternalRow> {
    private final Iterator<ColumnarBatch> batches;
    private final UnsafeProjection columns;
    private Iterator<InternalRow> rows = List.<InternalRow>of().iterator();

    BatchRows(Iterator<ColumnarBatch> batches, UnsafeProjection columns) {
      this.batches = batches;
      this.columns = columns;
    }

    @Override
    public boolean hasNext() {
      while (!rows.hasNext() && batches.hasNext()) {
        rows = batches.next().rowIterator();
      }
      return rows.hasNext();
    }

    @Override
    public InternalRow next() {
      return columns.apply(rows.next());
    }
  }
}
