package dev.sdlora.spark;

import dev.sdlora.batch.BatchRequest;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;

/**
 * Removes duplicate requests, so that no two tasks generate the same image. If different requests
 * have the same id, the first row's is kept and the others are rejected. Ids that differ only in
 * case count as the same, because some file systems ignore case.
 */
final class OncePerId implements FlatMapGroupsFunction<String, Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  /** Returns the grouping key, the id in lower case. */
  static MapFunction<Row, String> key() {
    return row -> row.getString(RequestRows.ID).toLowerCase(Locale.ROOT);
  }

  @Override
  public Iterator<Row> call(String key, Iterator<Row> rows) {
    List<Row> all = new ArrayList<>();
    rows.forEachRemaining(all::add);
    all.sort(Comparator.comparing(row -> row.<Long>getAs("position")));
    BatchRequest first = RequestRows.request(all.get(0));
    List<Row> kept = new ArrayList<>();
    kept.add(all.get(0));
    for (Row row : all) {
      BatchRequest other = RequestRows.request(row);
      if (!other.hash().equals(first.hash()) || !other.id().equals(first.id())) {
        kept.add(RequestRows.row(row.getAs("position"), refused(other)));
      }
    }
    return kept.iterator();
  }

  private static BatchRequest refused(BatchRequest request) {
    return new BatchRequest(
        request.id(),
        request.hash(),
        request.line(),
        request.checkpoint(),
        request.loras(),
        request.settings(),
        Optional.of("the id '%s' is already used by another request".formatted(request.id())));
  }
}
