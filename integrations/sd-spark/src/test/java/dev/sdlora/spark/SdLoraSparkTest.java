package dev.sdlora.spark;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generates images with the bundled model on two executors, each in its own JVM. */
final class SdLoraSparkTest {
  private static final String DEFAULTS = "{'defaults': {'size': '64x64', 'steps': 2}}\n";

  @TempDir static Path folder;
  private static SparkSession spark;
  private static Batches batches;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalCluster.start(2);
    batches = new Batches(folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Path manifest(String lines) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "manifest", ".jsonl"),
        (DEFAULTS + lines).replace('\'', '"'),
        StandardCharsets.UTF_8);
  }

  private static Dataset<Row> rows(Path manifest) {
    return SdLoraSpark.readManifest(spark, manifest.toUri().toString());
  }

  private static Map<String, Row> byId(Dataset<Row> results) {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : results.collectAsList()) {
      assertThat(rows.put(row.<String>getAs("id"), row)).isNull();
    }
    return rows;
  }

  @Test
  void generate_drawsTheBytesOfABatch_andTellsOfEach_andNothingTwice() throws IOException {
    Path manifest =
        manifest(
            """
            {'prompt': 'a red star', 'seed': 1, 'lora': [[], ['ink_lines'], ['night']]}
            {'id': 'heart', 'prompt': 'a blue heart <lora:ink_lines:0.8>', 'sampler': 'Euler a'}
            {'prompt': 'a blue heart <lora:ink_line:0.8>', 'seed': 7}
            {'prompt': 'a red star', 'seed': 1}
            {'prompt': 'a ring', 'stepps': 3}
            """);
    assertThat(batches.batch("batch", manifest).failed()).isEqualTo(2);

    Map<String, Row> first = byId(batches.drawing("spark").generate(rows(manifest)));
    batches.assertSamePictures("spark", "batch");
    assertThat(folder.resolve("spark/.sd-spark")).isDirectoryNotContaining("glob:**.part");
    assertThat(first.values())
        .filteredOn(row -> row.getAs("error") != null)
        .extracting(row -> row.<String>getAs("error"))
        .hasSize(2)
        .anySatisfy(error -> assertThat(error).contains("did you mean 'ink_lines'?"))
        .anySatisfy(error -> assertThat(error).startsWith("unknown setting 'stepps'"));
    assertThat(first.values())
        .filteredOn(row -> row.getAs("error") == null)
        .hasSize(4)
        .allSatisfy(
            row -> {
              assertThat(Path.of(java.net.URI.create(row.getAs("uri")))).exists();
              assertThat(row.<String>getAs("parameters")).contains("Seed: " + row.getAs("seed"));
              assertThat(row.<Double>getAs("seconds")).isPositive();
              assertThat(row.<Object>getAs("warnings")).isNotNull();
            });

    Map<String, Object> files = batches.fileKeys("spark");
    Map<String, Row> second = byId(batches.drawing("spark").generate(rows(manifest)));
    assertThat(batches.fileKeys("spark")).isEqualTo(files);
    assertThat(second.keySet()).isEqualTo(first.keySet());
    second.forEach(
        (id, row) -> {
          Row drawn = requireNonNull(first.get(id));
          for (String told : List.of("uri", "seed", "parameters", "error")) {
            assertThat(row.<Object>getAs(told)).as(told).isEqualTo(drawn.getAs(told));
          }
          assertThat(row.<Object>getAs("seconds")).isNull();
        });

    // The same requests as columns have the same ids, so their images exist already.
    Dataset<Row> columns =
        spark
            .read()
            .json(
                spark.createDataset(
                    List.of(
                        "{\"prompt\": \"a red star\", \"seed\": 1, \"size\": \"64x64\","
                            + " \"steps\": 2, \"lora\": [[], [\"ink_lines\"], [\"night\"]]}"),
                    Encoders.STRING()));
    Map<String, Row> third = byId(batches.drawing("spark").generate(columns));
    assertThat(third).hasSize(3).allSatisfy((id, row) -> assertThat(first).containsKey(id));
    assertThat(batches.fileKeys("spark")).isEqualTo(files);
  }

  @Test
  void executor_killedInTheMiddle_losesNothing_andRepeatsNoPicture() throws Exception {
    Path manifest =
        manifest("{'prompt': 'a blue heart', 'lora': [['ink_lines'], ['night']], 'images': 4}");
    assertThat(batches.batch("undisturbed", manifest).drawn()).isEqualTo(8);

    Files.createDirectories(folder.resolve("killed"));
    CompletableFuture<Map<String, Row>> drawn =
        CompletableFuture.supplyAsync(
            () -> byId(batches.drawing("killed").generate(rows(manifest))));
    while (batches.images("killed").size() < 2 && !isDone(drawn)) {
      // isDone waits a little.
    }
    Map<String, Object> before = batches.fileKeys("killed");
    List<ProcessHandle> executors = LocalCluster.executors();
    assertThat(executors).hasSize(2);
    assertThat(executors.get(0).destroyForcibly()).isTrue();
    assertThat(before.size()).as("images when it was killed").isLessThan(8);

    assertThat(drawn.get()).hasSize(8);
    assertThat(drawn.get().values()).allMatch(row -> row.getAs("error") == null);
    batches.assertSamePictures("killed", "undisturbed");
    assertThat(batches.fileKeys("killed")).containsAllEntriesOf(before);
    assertThat(folder.resolve("killed/.sd-spark")).isDirectoryNotContaining("glob:**.part");
  }

  private static boolean isDone(CompletableFuture<?> drawn) throws Exception {
    try {
      drawn.get(2, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
