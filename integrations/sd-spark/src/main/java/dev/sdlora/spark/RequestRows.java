package dev.sdlora.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.sdlora.batch.BatchRequest;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Converts requests to rows and back: input rows, and rows with one image each. */
final class RequestRows {
  /** The columns of a request for one image; {@code position} is the position of its input row. */
  static final StructType REQUESTS =
      new StructType()
          .add("position", DataTypes.LongType, false)
          .add("id", DataTypes.StringType, false)
          .add("hash", DataTypes.StringType, false)
          .add("checkpoint", DataTypes.StringType, true)
          .add("loras", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("settings", DataTypes.StringType, false)
          .add("error", DataTypes.StringType, true);

  /** The index of the id, for rows without a schema. */
  static final int ID = 1;

  private RequestRows() {}

  /** Returns rows with a position and a manifest line. */
  static Dataset<Row> lines(Dataset<Row> requests) {
    boolean text =
        requests.columns().length == 1
            && requests.schema().apply(0).name().equals("value")
            && requests.schema().apply(0).dataType().equals(DataTypes.StringType);
    return requests.select(
        monotonically_increasing_id().as("position"),
        (text ? col("value") : to_json(struct(col("*")))).as("line"));
  }

  /** Returns a row with the columns of {@link #REQUESTS}. */
  static Row row(long position, BatchRequest request) {
    return RowFactory.create(
        position,
        request.id(),
        request.hash(),
        request.checkpoint().orElse(null),
        request.loras().toArray(new String[0]),
        request.settings(),
        request.error().orElse(null));
  }

  /** Returns the request in a row. */
  static BatchRequest request(Row row) {
    List<String> loras = row.getList(row.fieldIndex("loras"));
    return new BatchRequest(
        row.getAs("id"),
        row.getAs("hash"),
        1,
        Optional.ofNullable(row.getAs("checkpoint")),
        loras,
        row.getAs("settings"),
        Optional.ofNullable(row.getAs("error")));
  }
}
