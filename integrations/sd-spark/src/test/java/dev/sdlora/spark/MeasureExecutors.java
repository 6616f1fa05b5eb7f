package dev.sdlora.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * Measures images per hour with one executor and with two, each on one thread of this machine,
 * including all costs of a batch: Spark's start, the model of each executor, and tasks that wait
 * for the last one. The argument is a folder for the images. Run nothing else meanwhile.
 */
final class MeasureExecutors {
  private static final int PICTURES = 240;
  private static final int ROUNDS = 3;

  private MeasureExecutors() {}

  /** Measures both in turns, so that a slow minute affects both. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    Batches batches = new Batches(folder);
    Path manifest =
        Files.writeString(
            folder.resolve("manifest.jsonl"),
            """
            {"defaults": {"size": "128x128", "steps": 20}}
            {"prompt": "a blue heart", "lora": [["ink_lines"], ["night"], []], "images": %s}
            """
                .formatted(PICTURES / 3));
    for (int round = 0; round < ROUNDS; round++) {
      measure(batches, manifest, 1, round);
      measure(batches, manifest, 2, round);
    }
    batches.assertSamePictures("of-2-round-0", "of-1-round-0");
  }

  private static void measure(Batches batches, Path manifest, int executors, int round)
      throws Exception {
    SparkSession spark = LocalCluster.start(executors);
    String name = "of-" + executors + "-round-" + round;
    long start = System.nanoTime();
    long drawn =
        batches
            .drawing(name)
            .generate(SdLoraSpark.readManifest(spark, manifest.toUri().toString()))
            .filter("error is null")
            .collectAsList()
            .size();
    double seconds = (System.nanoTime() - start) / 1e9;
    spark.stop();
    System.out.printf(
        Locale.ROOT,
        "%d executors, round %d: %d images in %.1f s, %.0f an hour%n",
        executors,
        round,
        drawn,
        seconds,
        3600 * drawn / seconds);
  }
}
