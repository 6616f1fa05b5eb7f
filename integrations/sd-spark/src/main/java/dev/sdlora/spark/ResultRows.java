package dev.sdlora.spark;

import dev.sdlora.api.GenerationResult;
import dev.sdlora.batch.BatchRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Result rows for requests. */
final class ResultRows {
  static final StructType RESULTS =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("uri", DataTypes.StringType, true)
          .add("seed", DataTypes.LongType, true)
          .add("parameters", DataTypes.StringType, true)
          .add("seconds", DataTypes.DoubleType, true)
          .add("warnings", DataTypes.createArrayType(DataTypes.StringType, false), true)
          .add("error", DataTypes.StringType, true);

  /** Finds the seed in the settings, which are canonical JSON, with quotes in texts escaped. */
  private static final Pattern SEED = Pattern.compile("(?<=[{,])\"seed\":(\\d{1,18})(?=[,}])");

  private ResultRows() {}

  static Row drawn(
      BatchRequest request, String uri, Optional<String> parameters, GenerationResult result) {
    return row(
        request.id(),
        uri,
        result.first().seed(),
        parameters.orElse(null),
        result.elapsed().toMillis() / 1e3,
        result.warnings().toArray(new String[0]),
        null);
  }

  /** Returns a row for an existing image, whose time and warnings are unknown. */
  static Row there(BatchRequest request, String uri, Optional<String> parameters) {
    return row(request.id(), uri, seed(request), parameters.orElse(null), null, null, null);
  }

  static Row failure(BatchRequest request, String sentence) {
    return row(request.id(), null, seed(request), null, null, null, sentence);
  }

  private static @Nullable Long seed(BatchRequest request) {
    Matcher seed = SEED.matcher(request.settings());
    return seed.find() ? Long.valueOf(seed.group(1)) : null;
  }

  private static Row row(@Nullable Object... values) {
    return RowFactory.create(values);
  }
}
