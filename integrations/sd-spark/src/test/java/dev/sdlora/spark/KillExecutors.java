package dev.sdlora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Kills executors with SIGKILL at random moments: each batch must end with exactly the images of an
 * undisturbed run, byte for byte, and no image that existed at a kill may be generated again. The
 * arguments are the number of kills and a working folder.
 */
final class KillExecutors {
  private static final int PICTURES = 24;
  private static final int LONGEST_MILLIS = 4000;

  private final SplittableRandom random = new SplittableRandom(42);
  private final Batches batches;
  private final SparkSession spark;
  private final Path manifest;
  private int kills;
  private int whileDrawing;

  private KillExecutors(Path folder, SparkSession spark) throws Exception {
    this.batches = new Batches(folder);
    this.spark = spark;
    this.manifest =
        Files.writeString(
            folder.resolve("manifest.jsonl"),
            """
            {"defaults": {"size": "64x64", "steps": 2}}
            {"prompt": "a blue heart", "lora": [["ink_lines"], ["night"], []], "images": %s}
            """
                .formatted(PICTURES / 3));
  }

  /** Kills executors and prints the number of kills. */
  public static void main(String[] args) throws Exception {
    int most = Integer.parseInt(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
    SparkSession spark = LocalCluster.start(2);
    try {
      KillExecutors killing = new KillExecutors(folder, spark);
      assertThat(killing.batches.batch("undisturbed", killing.manifest).drawn())
          .isEqualTo(PICTURES);
      for (int batch = 0; killing.kills < most; batch++) {
        killing.killDuring("batch-" + batch, most);
        System.out.printf(
            "%s kills in %s batches, %s of them with images missing; all as undisturbed%n",
            killing.kills, batch + 1, killing.whileDrawing);
      }
    } finally {
      spark.stop();
    }
  }

  private void killDuring(String name, int most) throws Exception {
    Files.createDirectories(manifest.resolveSibling(name));
    CompletableFuture<List<Row>> drawn =
        CompletableFuture.supplyAsync(
            () ->
                batches
                    .drawing(name)
                    .generate(SdLoraSpark.readManifest(spark, manifest.toUri().toString()))
                    .collectAsList());
    Map<String, Object> there = new HashMap<>();
    while (kills < most && !isDone(drawn, random.nextInt(LONGEST_MILLIS))) {
      if (kills % 2 == 0) { // Half of the kills come while images are generated.
        awaitPictures(name, drawn);
      }
      List<ProcessHandle> executors = LocalCluster.executors();
      if (executors.isEmpty()) {
        continue; // Executors are still starting.
      }
      Map<String, Object> before = batches.fileKeys(name);
      assertThat(before).containsAllEntriesOf(there);
      there.putAll(before);
      if (executors.get(random.nextInt(executors.size())).destroyForcibly()) {
        kills++;
        whileDrawing += before.size() < PICTURES ? 1 : 0;
      }
    }
    assertThat(drawn.get()).hasSize(PICTURES).allMatch(row -> row.getAs("error") == null);
    batches.assertSamePictures(name, "undisturbed");
    assertThat(batches.fileKeys(name)).containsAllEntriesOf(there);
    assertThat(manifest.resolveSibling(name).resolve(ImageStore.WORK))
        .isDirectoryNotContaining("glob:**.part");
  }

  /** Waits for up to three more images; executors killed before they begin would prove nothing. */
  private void awaitPictures(String name, CompletableFuture<?> drawn) throws Exception {
    int enough = Math.min(PICTURES - 1, batches.images(name).size() + random.nextInt(4));
    while (batches.images(name).size() < enough && !isDone(drawn, 5)) {
      // isDone waits a little.
    }
  }

  private static boolean isDone(CompletableFuture<?> drawn, int millis) throws Exception {
    try {
      drawn.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
