package dev.sdlora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.batch.BatchRunner;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Batches with a copy of the bundled model in one folder, run by executors or in this JVM only. */
final class Batches {
  private final Path folder;

  Batches(Path folder) throws IOException {
    this.folder = folder;
    DemoModel.copyTo(folder);
  }

  SdLoraSpark drawing(String name) {
    return SdLoraSpark.builder(folder.resolve(name).toUri().toString())
        .checkpoint(folder.resolve("demo-sd1.safetensors").toString())
        .loraDirectory(folder.resolve("loras").toString())
        .precision(Precision.FLOAT32)
        .build();
  }

  BatchRunner.Summary batch(String name, Path manifest) {
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

  Map<String, byte[]> images(String name) throws IOException {
    Map<String, byte[]> pictures = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".png")).toList()) {
        pictures.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return pictures;
  }

  void assertSamePictures(String name, String expected) throws IOException {
    Map<String, byte[]> whole = images(expected);
    Map<String, byte[]> drawn = images(name);
    assertThat(drawn.keySet()).isEqualTo(whole.keySet());
    whole.forEach((file, bytes) -> assertThat(drawn.get(file)).as(file).isEqualTo(bytes));
  }

  /** Returns the properties of image files that would change if they were written again. */
  Map<String, Object> fileKeys(String name) throws IOException {
    Map<String, Object> keys = new HashMap<>();
    for (String file : images(name).keySet()) {
      Path path = folder.resolve(name).resolve(file);
      keys.put(
          file,
          java.util.Arrays.asList(
              Files.getLastModifiedTime(path),
              Files.readAttributes(path, BasicFileAttributes.class).fileKey()));
    }
    return keys;
  }
}
