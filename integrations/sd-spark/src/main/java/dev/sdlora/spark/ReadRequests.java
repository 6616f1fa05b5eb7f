package dev.sdlora.spark;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.batch.BatchException;
import dev.sdlora.batch.BatchRequest;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Parses manifest lines into requests, on the executors, where the checkpoint is available. */
final class ReadRequests implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  private final DrawingSettings settings;

  ReadRequests(DrawingSettings settings) {
    this.settings = settings;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> lines) {
    if (!lines.hasNext()) {
      return lines; // An empty partition does not need the checkpoint.
    }
    Optional<String> checkpoint = checkpoint();
    List<Row> requests = new ArrayList<>();
    while (lines.hasNext()) {
      Row row = lines.next();
      String line = row.isNullAt(1) ? "" : row.getString(1);
      for (BatchRequest request : BatchRequest.readLine(line, checkpoint)) {
        requests.add(RequestRows.row(row.getLong(0), request));
      }
    }
    return requests.iterator();
  }

  /** Returns the name of the checkpoint, which is part of the ids, as in other batches. */
  private Optional<String> checkpoint() {
    try {
      return settings.checkpoint().stream().findFirst().map(name -> Checkpoint.open(name).name());
    } catch (StableDiffusionException e) {
      throw new BatchException(
          "cannot open the checkpoint of the batch on this executor: " + e.getMessage(), e);
    }
  }
}
