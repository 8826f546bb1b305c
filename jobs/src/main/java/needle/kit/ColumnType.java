package needle.kit;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** The few types that Needle's tables are made of. */
public enum ColumnType {
  TEXT(DataTypes.StringType),
  NUMBER(DataTypes.DoubleType),
  WHOLE(DataTypes.LongType),
  FLAG(DataTypes.BooleanType),
  DATE(DataTypes.DateType),
  INSTANT(DataTypes.TimestampType);

  private final DataType sparkType;

  ColumnType(DataType sparkType) {
    this.sparkType = sparkType;
  }

  /** The Spark type that holds it. */
  public DataType sparkType() {
    return sparkType;
  }
}
