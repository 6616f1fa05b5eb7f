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
 * Equal requests become one, so that no two tasks draw the same image. Of different ones with one
 * id the first is drawn, in the order of rows, and the others are refused. Ids that differ in
 * capitals only are one, as there are file systems that see no difference.
 */
final class OncePerId implements FlatMapGroupsFunction<String, Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  /** What requests are gathered by. */
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
        Optional.of("the id '%s' is that of another request".formatted(request.id())));
  }
}
