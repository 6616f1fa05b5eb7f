package dev.sdlora.server.training;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.server.http.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where trained LoRAs come to lie, under names that were free. Nothing that is there is ever
 * replaced.
 */
final class LoraFolder {
  private static final Logger LOG = LoggerFactory.getLogger(LoraFolder.class);

  private static final String EXTENSION = ".safetensors";

  /** What prompts can name, and every system takes as a file. */
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} _.-]{0,79}");

  private static final Pattern OF_WINDOWS =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private final Optional<Path> folder;
  private final LoraLibrary loras;

  /**
   * A folder of a library.
   *
   * @param folder empty for the first one of the library
   */
  LoraFolder(Optional<Path> folder, LoraLibrary loras) {
    this.folder = folder.or(() -> loras.folders().stream().findFirst());
    this.loras = loras;
  }

  /** Why no LoRA can be put there; empty if one can. */
  Optional<String> obstacle() {
    if (folder.isEmpty()) {
      return Optional.of(
          "this server has no folder for trained LoRAs; set one with sd serve --training-dir");
    }
    return Files.isWritable(folder.get())
        ? Optional.empty()
        : Optional.of(
            "the folder for trained LoRAs is not writable; set another with sd serve"
                + " --training-dir");
  }

  /**
   * Refuses what cannot be the name of a new LoRA.
   *
   * @return the name
   */
  String requireFree(String name) {
    obstacle()
        .ifPresent(
            why -> {
              throw new Refusal(409, why);
            });
    if (!NAME.matcher(name).matches()
        || name.endsWith(".")
        || name.endsWith(" ")
        || OF_WINDOWS.matcher(name).matches()) {
      throw new Refusal(
          422,
          ("field 'name' must be letters, digits, spaces and - _ . alone, 80 at most, and begin"
                  + " with a letter or digit: '%s'")
              .formatted(name.length() > 100 ? name.substring(0, 100) + "…" : name));
    }
    if (isTaken(name)) {
      throw new Refusal(
          409, "a LoRA named '%s' already exists; choose another name".formatted(name));
    }
    return name;
  }

  private boolean isTaken(String name) {
    return Files.exists(file(name))
        || loras.list().stream().anyMatch(lora -> lora.name().equalsIgnoreCase(name));
  }

  private Path file(String name) {
    return folder.orElseThrow().resolve(name + EXTENSION);
  }

  /**
   * Puts an image next to a published LoRA, as its preview. A file of that name stays.
   *
   * @param name of the LoRA as {@link #publish} returned it
   */
  void publishPreview(Path png, String name) {
    try {
      Files.copy(png, folder.orElseThrow().resolve(name + ".png"));
    } catch (FileAlreadyExistsException e) {
      LOG.debug("'{}' has an image of its own", name, e);
    } catch (IOException e) {
      LOG.warn("the preview of '{}' could not be written", name, e);
    }
  }

  /**
   * Puts a file there, whole or not at all.
   *
   * @param name which it should have
   * @return the name that it has: one with a number if somebody took it meanwhile
   */
  String publish(Path lora, String name) {
    try {
      // Not Files.createTempFile: that makes files which only their owner can read.
      Path unfinished = folder.orElseThrow().resolve("." + UUID.randomUUID() + ".part");
      try {
        Files.copy(lora, unfinished);
        String free = name;
        for (int number = 2; !move(unfinished, file(free)); number++) {
          free = name + "-" + number;
        }
        return free;
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the LoRA could not be put into its folder: " + e, e);
    }
  }

  private static boolean move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
