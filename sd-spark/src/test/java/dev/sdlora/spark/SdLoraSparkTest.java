package dev.sdlora.spark;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.batch.BatchRunner;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors, each a JVM of its own, draw with the bundled model. */
final class SdLoraSparkTest {
  private static final String DEFAULTS = "{'defaults': {'size': '64x64', 'steps': 2}}\n";

  @TempDir static Path folder;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalCluster.start(2);
    DemoModel.copyTo(folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static SdLoraSpark drawing(String name) {
    return SdLoraSpark.builder(folder.resolve(name).toUri().toString())
        .checkpoint(folder.resolve("demo-sd1.safetensors").toString())
        .loraDirectory(folder.resolve("loras").toString())
        .precision(Precision.FLOAT32)
        .build();
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

  private static BatchRunner.Summary batch(String name, Path manifest) {
    return BatchRunner.builder(folder.resolve(name))
        .checkpoint(Checkpoint.open(folder.resolve("demo-sd1.safetensors")))
        .pipeline(
            checkpoint ->
                Pipeline.builder()
                    .checkpoint(checkpoint)
                    .loraDirectory(folder.resolve("loras"))
                    .precision(Precision.FLOAT32)
                    .build())
        .build()
        .run(manifest);
  }

  private static Map<String, Row> byId(Dataset<Row> results) {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : results.collectAsList()) {
      assertThat(rows.put(row.<String>getAs("id"), row)).isNull();
    }
    return rows;
  }

  private static Map<String, byte[]> pictures(String name) throws IOException {
    Map<String, byte[]> pictures = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".png")).toList()) {
        pictures.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return pictures;
  }

  private static void assertSamePictures(String name, String expected) throws IOException {
    Map<String, byte[]> whole = pictures(expected);
    Map<String, byte[]> drawn = pictures(name);
    assertThat(drawn.keySet()).isEqualTo(whole.keySet());
    whole.forEach((file, bytes) -> assertThat(drawn.get(file)).as(file).isEqualTo(bytes));
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
    assertThat(batch("batch", manifest).failed()).isEqualTo(2);

    Map<String, Row> first = byId(drawing("spark").generate(rows(manifest)));
    assertSamePictures("spark", "batch");
    assertThat(folder.resolve("spark/.sd-spark")).isDirectoryNotContaining("glob:**.part");
    assertThat(first.values())
        .filteredOn(row -> row.getAs("error") != null)
        .extracting(row -> row.<String>getAs("error"))
        .hasSize(2)
        .anySatisfy(error -> assertThat(error).contains("did you mean 'ink_lines'?"))
        .anySatisfy(error -> assertThat(error).startsWith("'stepps' is no setting"));
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

    Map<String, Object> files = fileKeys("spark");
    Map<String, Row> second = byId(drawing("spark").generate(rows(manifest)));
    assertThat(fileKeys("spark")).isEqualTo(files);
    assertThat(second.keySet()).isEqualTo(first.keySet());
    second.forEach(
        (id, row) -> {
          Row drawn = requireNonNull(first.get(id));
          for (String told : List.of("uri", "seed", "parameters", "error")) {
            assertThat(row.<Object>getAs(told)).as(told).isEqualTo(drawn.getAs(told));
          }
          assertThat(row.<Object>getAs("seconds")).isNull();
        });

    // The same requests as columns have the same ids, so that their pictures are there.
    Dataset<Row> columns =
        spark
            .read()
            .json(
                spark.createDataset(
                    List.of(
                        "{\"prompt\": \"a red star\", \"seed\": 1, \"size\": \"64x64\","
                            + " \"steps\": 2, \"lora\": [[], [\"ink_lines\"], [\"night\"]]}"),
                    Encoders.STRING()));
    Map<String, Row> third = byId(drawing("spark").generate(columns));
    assertThat(third).hasSize(3).allSatisfy((id, row) -> assertThat(first).containsKey(id));
    assertThat(fileKeys("spark")).isEqualTo(files);
  }

  /** What another file of the same name would have otherwise. */
  private static Map<String, Object> fileKeys(String name) throws IOException {
    Map<String, Object> keys = new HashMap<>();
    for (String file : pictures(name).keySet()) {
      Path path = folder.resolve(name).resolve(file);
      keys.put(
          file,
          java.util.Arrays.asList(
              Files.getLastModifiedTime(path),
              Files.readAttributes(path, BasicFileAttributes.class).fileKey()));
    }
    return keys;
  }

  @Test
  void executor_killedInTheMiddle_losesNothing_andRepeatsNoPicture() throws Exception {
    Path manifest =
        manifest("{'prompt': 'a blue heart', 'lora': [['ink_lines'], ['night']], 'images': 6}");
    assertThat(batch("undisturbed", manifest).drawn()).isEqualTo(12);

    Files.createDirectories(folder.resolve("killed"));
    CompletableFuture<Map<String, Row>> drawn =
        CompletableFuture.supplyAsync(() -> byId(drawing("killed").generate(rows(manifest))));
    while (pictures("killed").size() < 3 && !isDone(drawn)) {
      // The loop waits a little in each round.
    }
    Map<String, Object> before = fileKeys("killed");
    List<ProcessHandle> executors = LocalCluster.executors();
    assertThat(executors).hasSize(2);
    assertThat(executors.get(0).destroyForcibly()).isTrue();
    assertThat(before.size()).as("pictures when it was killed").isLessThan(12);

    assertThat(drawn.get()).hasSize(12);
    assertThat(drawn.get().values()).allMatch(row -> row.getAs("error") == null);
    assertSamePictures("killed", "undisturbed");
    assertThat(fileKeys("killed")).containsAllEntriesOf(before);
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
