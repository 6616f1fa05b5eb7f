package dev.sdlora.training.run;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.HashIndex;

/**
 * The identity of a checkpoint.
 *
 * @param name the name of its file or folder
 * @param sha256 the SHA-256 of its file, 64 hex digits; empty for a folder
 * @param legacyHash A1111's older hash of the file; empty for a folder
 */
public record CheckpointIdentity(String name, String sha256, String legacyHash) {

  /** Identifies a checkpoint, reading the whole file if its hash is not cached. */
  public static CheckpointIdentity of(Checkpoint checkpoint) {
    String name = String.valueOf(checkpoint.path().getFileName());
    if (checkpoint.isFolder()) {
      return new CheckpointIdentity(name, "", "");
    }
    return new CheckpointIdentity(
        name,
        HashIndex.ofProcess().sha256(checkpoint.path()),
        FileHashes.legacy(checkpoint.path()));
  }

  /** The hash, or the best available substitute. */
  public String digest() {
    return sha256.isEmpty() ? name : sha256;
  }
}
