package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.Tally;
import dev.sdlora.lora.factors.ZeroModules;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.Stamp;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A cache of LoRA files, so that unchanged files are read only once. Safe for use by several
 * threads, which may read different files at the same time.
 */
public final class LoraFiles {
  /**
   * The number of cached headers. The header of a thousand tensors takes half a megabyte of
   * objects.
   */
  private static final int HEADERS = 64;

  /**
   * The number of cached summaries, enough for any collection; a summary is little more than a
   * file's metadata.
   */
  private static final int FILES = 1 << 16;

  /** The file in which PEFT stores ranks and alphas. */
  private static final String PEFT_SETTINGS = "adapter_config.json";

  private final FileCache<LoraFile> headers = new FileCache<>(HEADERS);
  private final FileCache<Summary> summaries = new FileCache<>(FILES);
  private final FileCache<String> autoV3 = new FileCache<>(FILES);
  private final FileCache<Boolean> changeless = new FileCache<>(FILES);
  private final FileCache<String> sha256 = new FileCache<>(FILES);

  /**
   * Opens a file, or returns the cached one if its size and time stamp, and those of PEFT's
   * settings next to it, are unchanged. The result is then the same object, unless many other files
   * were opened in between.
   *
   * @throws LoraException if it is missing or is not a LoRA that this version can apply
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or not a tensor file
   */
  public LoraFile open(Path path) {
    Stamp stamp = stamp(path);
    Optional<LoraFile> known = headers.find(path, stamp);
    (known.isPresent() ? Tally.LORA_FILES_CACHED : Tally.LORA_FILES_READ).count();
    return known.orElseGet(() -> headers.get(path, stamp, () -> LoraFile.open(path)));
  }

  /**
   * The summary of a file, which does not keep its header. Never fails: a file that cannot be used
   * gets a summary with the problem and is not read again until it changes.
   */
  Summary summary(Path path) {
    try {
      Stamp stamp = stamp(path);
      return summaries.find(path, stamp).orElseGet(() -> read(path, stamp));
    } catch (LoraException e) {
      return Summary.unusable(String.valueOf(e.getMessage()), e);
    }
  }

  private Summary read(Path path, Stamp stamp) {
    return FolderReading.attempt(
        () -> summaries.keep(path, stamp, Summary.of(LoraFile.open(path))),
        problem -> {
          Summary unusable = Summary.unusable(problem.reason(), problem.cause());
          return problem.lasts() ? summaries.keep(path, stamp, unusable) : unusable;
        });
  }

  /** A1111's short hash of a file, computed on first use. */
  public String hash(Path path) {
    Stamp stamp = stamp(path);
    return autoV3.get(path, stamp, () -> FileHashes.autoV3(open(path).file()));
  }

  /** A1111's short hash of an open file, computed on first use. */
  public String hash(LoraFile file) {
    Path path = file.file().path();
    Stamp stamp = stamp(path);
    return autoV3.get(path, stamp, () -> FileHashes.autoV3(file.file()));
  }

  /**
   * Whether a file has no effect at any strength, determined on first use.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be read or has changed
   */
  public boolean isChangeless(LoraFile file) {
    Path path = file.file().path();
    Stamp stamp = stamp(path);
    return changeless.get(path, stamp, () -> ZeroModules.areAllOf(file));
  }

  /** The SHA-256 of a file, computed on first use. */
  public String sha256(Path path) {
    Stamp stamp = stamp(path);
    return sha256.get(path, stamp, () -> FileHashes.sha256(path));
  }

  private static Stamp stamp(Path path) {
    try {
      return Stamp.of(path, path.resolveSibling(PEFT_SETTINGS));
    } catch (NoSuchFileException e) {
      throw new LoraException(
          "LoRA '" + path + "' does not exist", Reason.UNKNOWN, ErrorDetails.in(path), e);
    } catch (IOException e) {
      throw new LoraException(
          "LoRA '" + path + "' cannot be read: " + FileReason.of(e),
          Reason.UNREADABLE,
          ErrorDetails.in(path),
          e);
    }
  }

  /** The public view of a file. */
  public static LoraAdapter adapter(LoraFile file) {
    return new LoraAdapter(
        file.file().path(),
        file.family(),
        file.modules().size(),
        file.rank(),
        file.file().metadata());
  }
}
