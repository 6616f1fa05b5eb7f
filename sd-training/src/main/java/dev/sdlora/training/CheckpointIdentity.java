package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.HashIndex;

/**
 * What tells a checkpoint from others.
 *
 * @param name of its file or folder
 * @param sha256 of its file, 64 hex digits; empty for a folder
 * @param legacyHash A1111's first hash of the file; empty for a folder
 */
record CheckpointIdentity(String name, String sha256, String legacyHash) {

  /** Reads the whole file if its hash is not known yet. */
  static CheckpointIdentity of(Checkpoint checkpoint) {
    String name = String.valueOf(checkpoint.path().getFileName());
    if (checkpoint.layout() != Checkpoint.Layout.SINGLE_FILE) {
      return new CheckpointIdentity(name, "", "");
    }
    return new CheckpointIdentity(
        name,
        HashIndex.ofProcess().sha256(checkpoint.path()),
        FileHashes.legacy(checkpoint.path()));
  }

  /** The hash, or what is closest to it. */
  String digest() {
    return sha256.isEmpty() ? name : sha256;
  }
}
