package dev.sdlora.server.training;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.server.http.Refusal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder for trained LoRAs. Existing files are never overwritten. */
final class LoraFolder {
  private static final Logger LOG = LoggerFactory.getLogger(LoraFolder.class);

  private static final String EXTENSION = ".safetensors";

  /** Names that prompts can use and every file system accepts. */
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} _.-]{0,79}");

  private static final Pattern OF_WINDOWS =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private final Optional<Path> folder;
  private final LoraLibrary loras;

  /**
   * Creates it for a library.
   *
   * @param folder one of the library's folders; empty for the first
   */
  LoraFolder(Optional<Path> folder, LoraLibrary loras) {
    this.folder = folder.or(() -> loras.folders().stream().findFirst());
    this.loras = loras;
  }

  /** Returns the reason why no LoRA can be saved there; empty if one can. */
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
   * Checks the name of a new LoRA.
   *
   * @return the name
   * @throws Refusal if the name is invalid or taken
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
          "field 'name' may only have letters, digits, spaces and - _ . (at most 80) and must begin with a letter or digit: '%s'"
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
   * Saves a preview image next to a published LoRA unless it has one.
   *
   * @param name the name of the LoRA as returned by {@link #publish}
   */
  void publishPreview(Path png, String name) {
    try {
      Files.copy(png, folder.orElseThrow().resolve(name + ".png"));
    } catch (FileAlreadyExistsException e) {
      LOG.debug("'{}' already has an image", name, e);
    } catch (IOException e) {
      LOG.warn("cannot write the preview of '{}'", name, e);
    }
  }

  /**
   * Saves a file atomically.
   *
   * @param name the requested name
   * @return the actual name, with a number if the requested one is taken
   */
  String publish(Path lora, String name) {
    try {
      // Files.createTempFile would make files that only their owner can read.
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
      throw new StableDiffusionException(
          "LoRA '%s' cannot be written to the folder of LoRAs: %s"
              .formatted(name, FileReason.of(e)),
          e);
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
