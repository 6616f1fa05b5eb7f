package dev.sdlora.models;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * The paths of a download outside of Hugging Face's cache.
 *
 * @param target the final path
 * @param partial the partial file, next to the target
 * @param lock the lock file, in the store's folder so that no other folder accumulates locks
 */
record DownloadPaths(Path target, Path partial, Path lock) {
  private static final int AUTO_V2 = 10;

  /**
   * Chooses the paths in a folder. If another file has the same name, the start of the SHA-256,
   * which A1111 calls AutoV2, is appended to the name.
   *
   * @param sha256 the SHA-256 of the file, if known
   */
  static DownloadPaths of(
      StoreSettings settings, Path folder, String name, Optional<String> sha256) {
    Path target = folder.toAbsolutePath().normalize().resolve(name);
    if (sha256.isPresent() && isOther(target, sha256.get())) {
      String marked =
          SafeNames.stem(name)
              + "-"
              + sha256.get().substring(0, AUTO_V2)
              + name.substring(SafeNames.stem(name).length());
      target = target.resolveSibling(marked);
      if (isOther(target, sha256.get())) {
        throw new DownloadException(
            Reason.STORAGE,
            "'%s' already exists with different content; move it or choose another folder"
                .formatted(target));
      }
    }
    UUID key = UUID.nameUUIDFromBytes(target.toString().getBytes(StandardCharsets.UTF_8));
    return new DownloadPaths(
        target,
        target.resolveSibling("." + target.getFileName() + ".sd-incomplete"),
        settings.folder().resolve("locks").resolve(key + ".lock"));
  }

  private static boolean isOther(Path file, String sha256) {
    if (!Files.exists(file)) {
      return false;
    }
    try {
      return !Sha256.hex(file).equals(sha256);
    } catch (IOException e) {
      return true; // For example a folder.
    }
  }

  void fetch(Downloads downloads, Transfer transfer) throws IOException, InterruptedException {
    downloads.fetch(transfer, lock, partial, target);
  }
}
