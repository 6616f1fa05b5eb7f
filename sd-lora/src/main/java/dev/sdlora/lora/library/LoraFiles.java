package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraHashes;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.lora.factors.ZeroModules;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.Stamp;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * LoRA files that were read before, so that a file that has not changed is not read again. Safe for
 * use by several threads, which may read different files at the same time.
 */
public final class LoraFiles {
  /** Headers of the files in use. One of a thousand tensors takes half a megabyte of objects. */
  private static final int HEADERS = 64;

  /** Enough for any collection; what stays of a file is little more than its metadata. */
  private static final int FILES = 1 << 16;

  /** Where PEFT writes ranks and alphas. */
  private static final String PEFT_SETTINGS = "adapter_config.json";

  private final FileCache<LoraFile> headers = new FileCache<>(HEADERS);
  private final FileCache<Summary> summaries = new FileCache<>(FILES);
  private final FileCache<String> autoV3 = new FileCache<>(FILES);
  private final FileCache<Boolean> changeless = new FileCache<>(FILES);
  private final FileCache<String> sha256 = new FileCache<>(FILES);

  /**
   * Opens a file, or gives what was opened before if its size and time stamp, and that of PEFT's
   * settings beside it, are still the same; then it is the same object, unless many others were
   * opened in between.
   *
   * @throws LoraException if it is missing or no LoRA that this version can apply
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or no tensor file
   */
  public LoraFile open(Path path) {
    Stamp stamp = stamp(path);
    return headers
        .find(path, stamp)
        .orElseGet(() -> headers.keep(path, stamp, LoraFile.open(path)));
  }

  /**
   * What a file is, without keeping its header. Does not fail: a file that cannot be used is known
   * as such, and not tried again until it changes.
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

  /** A1111's short hash of a file, computed when first asked for. */
  public String hash(Path path) {
    Stamp stamp = stamp(path);
    return autoV3
        .find(path, stamp)
        .orElseGet(() -> autoV3.keep(path, stamp, FileHashes.autoV3(open(path).file())));
  }

  /** A1111's short hash of an open file, computed when first asked for. */
  public String hash(LoraFile file) {
    Path path = file.file().path();
    Stamp stamp = stamp(path);
    return autoV3
        .find(path, stamp)
        .orElseGet(() -> autoV3.keep(path, stamp, FileHashes.autoV3(file.file())));
  }

  /**
   * Whether a file changes nothing at any strength, found out when first asked.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be read or has changed
   */
  public boolean isChangeless(LoraFile file) {
    Path path = file.file().path();
    Stamp stamp = stamp(path);
    return changeless
        .find(path, stamp)
        .orElseGet(() -> changeless.keep(path, stamp, ZeroModules.areAllOf(file)));
  }

  /** All hashes of a file, computed when first asked for. */
  public LoraHashes hashes(Path path) {
    Stamp stamp = stamp(path);
    return new LoraHashes(
        sha256.find(path, stamp).orElseGet(() -> sha256.keep(path, stamp, FileHashes.sha256(path))),
        hash(path));
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

  /** What callers of the library see of a file, at strength 1. */
  public static LoraAdapter adapter(LoraFile file) {
    return LoraAdapter.builder(file.file().path(), file.family())
        .modules(file.modules().size())
        .rank(file.rank())
        .metadata(file.file().metadata())
        .build();
  }
}
