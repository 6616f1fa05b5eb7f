package dev.sdlora.models;

import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a file outside the cache of Hugging Face comes to lie.
 *
 * @param target its place
 * @param partial what has come of it, beside its place
 * @param lock in the store's folder, so that no other folder keeps locks for ever
 */
record DownloadPaths(Path target, Path partial, Path lock) {
  private static final int AUTO_V2 = 10;

  /**
   * Chooses the place in a folder. Where another file has the name, the start of the SHA-256 is put
   * behind it, which A1111 calls AutoV2.
   *
   * @param sha256 of the file, if it is known
   */
  static DownloadPaths of(Settings settings, Path folder, String name, Optional<String> sha256) {
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
            "'%s' is not the file that its name says; move it or choose another folder"
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
      return !Sha256.of(file).equals(sha256);
    } catch (IOException e) {
      return true; // a folder, say
    }
  }

  void fetch(Downloads downloads, Transfer transfer) throws IOException, InterruptedException {
    downloads.fetch(transfer, lock, partial, target);
  }
}
