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
 * Caches embeddings, so that an unchanged file is not read again and its vectors stay the same
 * object. Safe for use by several threads.
 */
public final class EmbeddingFiles {
  /** The maximum number of embeddings with vectors, about 50 KB each. */
  private static final int WHOLE = 256;

  /** The maximum number of summaries and hashes, enough for any collection. */
  private static final int FILES = 1 << 16;

  private final FileCache<EmbeddingFile> whole = new FileCache<>(WHOLE);
  private final FileCache<Summary> summaries = new FileCache<>(FILES);
  private final FileCache<String> hashes = new FileCache<>(FILES);
  private final FileCache<Map<String, EmbeddingFile>> bundles = new FileCache<>(WHOLE);

  /**
   * A cached summary of a file.
   *
   * @param embedding the embedding in the file; empty for an image without one
   * @param problem why it cannot be used, if so
   */
  record Summary(Optional<Embedding> embedding, Optional<String> problem) {}

  /**
   * Opens an embedding.
   *
   * @throws EmbeddingException if the file is missing or holds no embedding
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or is not a tensor file
   */
  public Embedding open(Path path) {
    return file(path).details();
  }

  EmbeddingFile file(Path path) {
    Stamp stamp = stamp(path);
    return whole.get(path, stamp, () -> EmbeddingFile.open(path));
  }

  /** Returns the summary of a file. Never throws, and retries only when the file changes. */
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
              EmbeddingFile.isImage(path)
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

  /** Returns A1111's short hash of a file, computed on first use. */
  public String hash(Path path) {
    Stamp stamp = stamp(path);
    return hashes.get(path, stamp, () -> FileHashes.sha256(path).substring(0, 12));
  }

  /**
   * Returns an embedding bundled with a LoRA.
   *
   * @throws EmbeddingException if it is not an embedding or is damaged
   */
  EmbeddingFile bundled(LoraFile lora, BundledEmbedding embedding) {
    Path path = lora.file().path();
    Stamp stamp = stamp(path);
    return bundles
        .get(path, stamp, () -> new ConcurrentHashMap<>())
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
