package dev.sdlora.pipeline.fit;

import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.HashIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Compares a checkpoint's file with the hashes that a trainer wrote into a LoRA. */
final class BaseHash {
  private BaseHash() {}

  /**
   * Returns whether the LoRA was trained on this file, judged by SHA-256 ({@code
   * ss_new_sd_model_hash}) or, if only that was written, by A1111's old hash of 64 KB ({@code
   * ss_sd_model_hash}). A folder has no hash.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be read
   */
  static boolean matches(Map<String, String> metadata, Path checkpoint) {
    if (!Files.isRegularFile(checkpoint)) {
      return false;
    }
    String sha256 = digits(metadata, "ss_new_sd_model_hash", 10);
    if (!sha256.isEmpty()) {
      return HashIndex.ofProcess().matches(sha256, checkpoint);
    }
    String old = digits(metadata, "ss_sd_model_hash", 8);
    return !old.isEmpty() && old.equals(FileHashes.legacy(checkpoint));
  }

  /** Returns a hash from the metadata; empty for other texts, such as kohya's "NOFILE". */
  private static String digits(Map<String, String> metadata, String key, int least) {
    String text = metadata.getOrDefault(key, "").strip().toLowerCase(Locale.ROOT);
    return text.matches("[0-9a-f]{" + least + ",64}") ? text : "";
  }
}
