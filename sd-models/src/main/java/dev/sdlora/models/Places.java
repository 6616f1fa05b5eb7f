package dev.sdlora.models;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Where a file outside the cache of Hugging Face comes to lie.
 *
 * @param target its place
 * @param partial what has come of it, beside its place
 * @param lock in the store's folder, so that no other folder keeps locks for ever
 */
record Places(Path target, Path partial, Path lock) {
  static Places of(Settings settings, Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    UUID key = UUID.nameUUIDFromBytes(absolute.toString().getBytes(StandardCharsets.UTF_8));
    return new Places(
        absolute,
        absolute.resolveSibling("." + absolute.getFileName() + ".sd-incomplete"),
        settings.folder().resolve("locks").resolve(key + ".lock"));
  }

  void fetch(Downloads downloads, Transfer transfer) throws IOException, InterruptedException {
    downloads.fetch(transfer, lock, partial, target);
  }
}
