package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.Stamp;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Embeddings that were read before, so that a file that has not changed is not read again, and its
 * vectors stay the same object. Safe for use by several threads.
 */
public final class EmbeddingFiles {
  /** With their vectors, some 50 KB each. */
  private static final int WHOLE = 256;

  /** Enough for any collection. */
  private static final int FILES = 1 << 16;

  private final FileCache<EmbeddingFile> whole = new FileCache<>(WHOLE);
  private final FileCache<Summary> summaries = new FileCache<>(FILES);
  private final FileCache<String> hashes = new FileCache<>(FILES);
  private final FileCache<Map<String, EmbeddingFile>> bundles = new FileCache<>(WHOLE);

  /**
   * What is kept of a file that was looked at.
   *
   * @param embedding what it holds; of an image, perhaps nothing
   * @param problem why it cannot be used, if that is so
   */
  record Summary(Optional<Embedding> embedding, Optional<String> problem) {}

  /**
   * An embedding.
   *
   * @throws EmbeddingException if the file is missing or holds no embedding
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or no tensor file
   */
  public Embedding open(Path path) {
    return file(path).details();
  }

  EmbeddingFile file(Path path) {
    Stamp stamp = stamp(path);
    return whole
        .find(path, stamp)
        .orElseGet(() -> whole.keep(path, stamp, EmbeddingFile.open(path)));
  }

  /** What a file is. Does not fail, and does not try again until it changes. */
  Summary summary(Path path) {
    try {
      Stamp stamp = stamp(path);
      return summaries.find(path, stamp).orElseGet(() -> read(path, stamp));
    } catch (EmbeddingException e) {
      return new Summary(Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private Summary read(Path path, Stamp stamp) {
    return FolderReading.attempt(
        () -> {
          Optional<EmbeddingFile> file =
              EmbeddingFile.isPicture(path)
                  ? EmbeddingFile.find(path)
                  : Optional.of(EmbeddingFile.open(path));
          Summary summary = new Summary(file.map(EmbeddingFile::details), Optional.empty());
          return summaries.keep(path, stamp, summary);
        },
        problem -> {
          Summary unusable = new Summary(Optional.empty(), Optional.of(problem.reason()));
          return problem.lasts() ? summaries.keep(path, stamp, unusable) : unusable;
        });
  }

  /** A1111's short hash of a file, computed when first asked for. */
  public String hash(Path path) {
    Stamp stamp = stamp(path);
    return hashes
        .find(path, stamp)
        .orElseGet(() -> hashes.keep(path, stamp, FileHashes.sha256(path).substring(0, 12)));
  }

  /**
   * An embedding that came with a LoRA.
   *
   * @throws EmbeddingException if it is none, or damaged
   */
  EmbeddingFile bundled(LoraFile lora, BundledEmbedding embedding) {
    Path path = lora.file().path();
    Stamp stamp = stamp(path);
    return bundles
        .find(path, stamp)
        .orElseGet(() -> bundles.keep(path, stamp, new ConcurrentHashMap<>()))
        .computeIfAbsent(embedding.name(), name -> EmbeddingFile.bundled(lora, embedding));
  }

  private static Stamp stamp(Path path) {
    try {
      return Stamp.of(path);
    } catch (NoSuchFileException e) {
      throw new EmbeddingException(
          "embedding '" + path + "' does not exist", ErrorDetails.in(path), e);
    } catch (IOException e) {
      throw new EmbeddingException(
          "embedding '" + path + "' cannot be read: " + FileReason.of(e), ErrorDetails.in(path), e);
    }
  }
}
