package dev.sdlora.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.deploy.SparkSubmit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class behind the command {@code spark-submit} starts the example. */
final class DrawBatchOnSparkTest {
  @TempDir Path folder;

  @Test
  void submitted_drawsItsPictures_andWritesDownWhatBecameOfEach() throws Exception {
    Path manifest =
        Files.writeString(
            folder.resolve("manifest.jsonl"),
            """
            {"defaults": {"size": "64x64", "steps": 2}}
            {"id": "star", "prompt": "a red star <lora:ink_lines:0.8>"}
            {"id": "typo", "prompt": "a red star <lora:ink_line:0.8>"}
            """);
    SparkSubmit.main(
        new String[] {
          "--master",
          "local[1]",
          "--conf",
          "spark.ui.enabled=false",
          "--conf",
          "spark.sql.shuffle.partitions=1",
          "--class",
          DrawBatchOnSpark.class.getName(),
          "spark-internal", // instead of a jar: the class is already on the class path
          manifest.toUri().toString(),
          folder.resolve("pictures").toUri().toString()
        });
    assertThat(ImageIO.read(folder.resolve("pictures/star.png").toFile()).getWidth()).isEqualTo(64);
    List<String> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("pictures/results"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        results.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
      }
    }
    assertThat(results)
        .hasSize(2)
        .anyMatch(line -> line.contains("star.png"))
        .anyMatch(line -> line.contains("did you mean 'ink_lines'?"));
  }
}
