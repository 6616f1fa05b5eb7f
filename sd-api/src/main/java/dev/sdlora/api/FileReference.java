package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Files as people name them: by a path, or by a reference to where they are published. */
final class FileReference {
  /** Such as {@code hf:}; a single letter is a drive of Windows. */
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+:(?s:.*)");

  private FileReference() {}

  /** The path, once the file is here. */
  static Path path(String pathOrReference) {
    return SCHEME.matcher(pathOrReference).matches()
        ? Services.find(Backend.Downloads.class, "sd-models").get(pathOrReference)
        : Path.of(pathOrReference);
  }
}
