package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged program draws a batch, is killed with SIGKILL at random moments, and is started
 * again: in the end there are exactly the images of a run that nobody disturbed, byte by byte.
 * {@code -Dsd.kills=50} kills so often in place of the few times that a test may take, and draws
 * more images.
 */
final class KilledBatchesIT {
  private static final int KILLS = Integer.getInteger("sd.kills", 2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path APP = Path.of("target/app").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void batch_killedAtAnyMoment_endsWithThePicturesOfOneThatWasNot() throws Exception {
    writeManifest();
    long begin = System.nanoTime();
    Process undisturbed = start("whole");
    awaitPictures("whole", undisturbed, 1);
    long untilTheFirst = Math.max(1000, (System.nanoTime() - begin) / 1_000_000);
    assertThat(undisturbed.waitFor()).isEqualTo(3); // One request fails.

    SplittableRandom random = new SplittableRandom(42);
    int killed = 0;
    int withPicturesMissing = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process = start("killed");
      int before = images("killed").size();
      if (i % 2 == 0) { // Some when an image has just got its name, some at any moment.
        awaitPictures("killed", process, before + 1 + random.nextInt(2));
      } else {
        process.waitFor(random.nextLong(2 * untilTheFirst), TimeUnit.MILLISECONDS);
      }
      boolean alive = process.isAlive();
      process.destroyForcibly().waitFor();
      killed += alive ? 1 : 0;
      withPicturesMissing += alive && images("killed").size() < images("whole").size() ? 1 : 0;
      assertThat(images("whole")).as("after kill " + i).containsAllEntriesOf(images("killed"));
    }
    // Two processes share what is left, and each image is drawn by one of them.
    Process other = start("killed");
    assertThat(start("killed").waitFor()).isEqualTo(3);
    assertThat(other.waitFor()).isEqualTo(3);
    System.out.printf(
        "%s kills of %s while it ran, %s with pictures missing%n",
        killed, KILLS, withPicturesMissing);

    // Otherwise this would test nothing.
    assertThat(withPicturesMissing).isPositive();
    assertThat(images("killed")).isEqualTo(images("whole"));
    assertThat(folder.resolve("killed/.sd-batch")).isDirectoryNotContaining("glob:**.part");
    assertThat(results("killed")).isEqualTo(results("whole"));
  }

  private void writeManifest() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("{'defaults': {'size': '64x64', 'steps': 2, 'negative': 'a ring'}}");
    lines.add(
        "{'prompt': 'a red star <lora:ink_lines:0.8>', 'images': %s}".formatted(1 + 2 * KILLS));
    lines.add("{'prompt': ['a blue heart', 'a red star'], 'sampler': ['Euler a', 'DPM++ SDE']}");
    lines.add(
        "{'id': 'given', 'prompt': 'a blue heart', 'lora': {'path': 'night', 'weight': [1, 0.5]}}");
    lines.add("{'prompt': 'a blue heart <lora:nobody>'}");
    Files.writeString(
        folder.resolve("manifest.jsonl"),
        String.join("\n", lines).replace('\'', '"'),
        StandardCharsets.UTF_8);
  }

  private Process start(String out) throws IOException {
    return new ProcessBuilder(
            APP.resolve("bin/sd").toString(), "batch", "manifest.jsonl", "-o", out)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private void awaitPictures(String out, Process process, int number) throws Exception {
    while (pictureFiles(out).size() < number && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
      // A loop without a pause would take a processor from what it waits for.
    }
  }

  private List<Path> pictureFiles(String out) throws IOException {
    if (!Files.exists(folder.resolve(out))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.resolve(out))) {
      return files.filter(file -> file.toString().endsWith(".png")).toList();
    }
  }

  private Map<String, String> images(String out) throws IOException {
    Map<String, String> pictures = new TreeMap<>();
    for (Path file : pictureFiles(out)) {
      byte[] bytes = Files.readAllBytes(file);
      pictures.put(
          String.valueOf(file.getFileName()), new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return pictures;
  }

  /** What results say of each request, each once: the checksum of its image, or its error. */
  private Map<String, String> results(String out) throws IOException {
    Map<String, String> results = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve(out).resolve("results.jsonl"))) {
      JsonNode result = JSON.readTree(line);
      String said = result.path("sha256").asText(result.path("error").asText());
      String before = results.put(result.path("id").asText(), said);
      assertThat(before).as("twice: " + line).isNull();
    }
    return results;
  }
}
