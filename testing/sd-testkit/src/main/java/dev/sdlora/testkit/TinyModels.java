package dev.sdlora.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Small models written by other programs, as described in {@code README.md} in their folder. Each
 * process unpacks its own copy, because models are read from files and these may be in a jar.
 */
public final class TinyModels {
  private static final Path FOLDER = folder();

  /** SD 1.x with random weights in one file, with LDM's names. */
  public static final Path CHECKPOINT = unpack("tiny-sd1.safetensors");

  /** A LoRA for that checkpoint with kohya's names, of rank 2 on every layer that supports one. */
  public static final Path LORA = unpack("loras/tiny_lora.safetensors");

  /** The folder that contains only {@link #LORA}. */
  public static final Path LORAS = Objects.requireNonNull(LORA.getParent());

  private TinyModels() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("tiny-models");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path unpack(String name) {
    Path file = FOLDER.resolve(name);
    Path parent = Objects.requireNonNull(file.getParent());
    try (InputStream stream = TinyModels.class.getResourceAsStream(name)) {
      Files.createDirectories(parent);
      if (!parent.equals(FOLDER)) {
        parent.toFile().deleteOnExit();
      }
      Files.copy(Objects.requireNonNull(stream, name), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.toFile().deleteOnExit();
    return file;
  }
}
