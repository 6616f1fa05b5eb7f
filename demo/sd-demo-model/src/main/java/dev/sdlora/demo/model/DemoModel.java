package dev.sdlora.demo.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A small SD 1.x checkpoint that draws a thousand everyday things, from "a cat" to "a rocket", as
 * flat drawings of 128×128, and LoRAs for it, so that a first image needs no download. {@code
 * docs/evidence/demo-model.md} describes its training and how well it draws.
 *
 * <p>Files in a jar are copied, once per process, to a folder in the temporary directory that only
 * the user can read and that is deleted when the JVM exits. {@link #copyTo} copies them to a
 * permanent folder. All methods may be called from any thread.
 */
public final class DemoModel {
  private static final String CHECKPOINT = "demo-sd1.safetensors";

  /**
   * Each has a preview image and a JSON file with a description and its best weight, in the usual
   * places.
   */
  private static final List<String> LORAS =
      List.of("detail_slider", "fluent_3d", "ink_lines", "night", "noto", "size_slider", "zorp")
          .stream()
          .flatMap(
              name -> Stream.of(".safetensors", ".preview.png", ".json").map(end -> name + end))
          .map(name -> "loras/" + name)
          .toList();

  private DemoModel() {}

  /**
   * {@return the file of the checkpoint, about 40 MB}
   *
   * @throws UncheckedIOException if it cannot be copied out of its jar
   */
  public static Path checkpoint() {
    return Lazy.FOLDER.resolve(CHECKPOINT);
  }

  /**
   * {@return a folder with LoRAs for it: the styles {@code fluent_3d}, {@code noto} and {@code
   * ink_lines}, {@code night}, the sliders {@code detail_slider} and {@code size_slider}, and
   * {@code zorp}, a figure}
   *
   * @throws UncheckedIOException if they cannot be copied out of their jar
   */
  public static Path loras() {
    return Lazy.FOLDER.resolve("loras");
  }

  /**
   * Writes the checkpoint as {@code demo-sd1.safetensors} and the LoRAs into the folder {@code
   * loras}. Missing folders are created, and existing files are replaced.
   *
   * @param folder the target folder
   * @throws IOException if a file cannot be written
   */
  public static void copyTo(Path folder) throws IOException {
    Objects.requireNonNull(folder, "folder");
    Files.createDirectories(folder.resolve("loras"));
    copy(CHECKPOINT, folder);
    for (String lora : LORAS) {
      copy(lora, folder);
    }
  }

  private static void copy(String name, Path folder) throws IOException {
    try (InputStream file = DemoModel.class.getResourceAsStream(name)) {
      // Like tensors.io.ReplacedFile, which this module cannot use, because it depends only on
      // the JDK.
      Path unfinished = Files.createTempFile(folder, "demo", ".part");
      try {
        Files.write(unfinished, Objects.requireNonNull(file, name).readAllBytes());
        Files.move(unfinished, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    }
  }

  /** Finds or copies the files on first use. */
  private static final class Lazy {
    static final Path FOLDER = folder();

    private static Path folder() {
      URL checkpoint = Objects.requireNonNull(DemoModel.class.getResource(CHECKPOINT), CHECKPOINT);
      try {
        if (checkpoint.getProtocol().equals("file")) {
          return Objects.requireNonNull(Path.of(checkpoint.toURI()).getParent());
        }
        Path copies = Files.createTempDirectory("sd-demo-model");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(copies)));
        copyTo(copies);
        return copies;
      } catch (IOException e) {
        throw new UncheckedIOException("the demo model cannot be copied out of its jar", e);
      } catch (URISyntaxException e) {
        throw new IllegalStateException("not a file location: " + checkpoint, e);
      }
    }

    private static void delete(Path copies) {
      try {
        for (String lora : LORAS) {
          Files.deleteIfExists(copies.resolve(lora));
        }
        Files.deleteIfExists(copies.resolve("loras"));
        Files.deleteIfExists(copies.resolve(CHECKPOINT));
        Files.deleteIfExists(copies);
      } catch (IOException e) {
        // The system cleans up any remaining temporary files.
      }
    }
  }
}
