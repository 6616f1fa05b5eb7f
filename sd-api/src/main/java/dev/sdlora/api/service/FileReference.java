package dev.sdlora.api.service;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Resolves files given by a path or by a reference to a published file. */
public final class FileReference {
  /** A scheme such as {@code hf:}; a single letter is a Windows drive. */
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+:(?s:.*)");

  private FileReference() {}

  /**
   * Returns the path of a file. A published file is downloaded first.
   *
   * @param pathOrReference a path, or a reference such as {@code hf:owner/repo/file}
   * @return the local file
   */
  public static Path path(String pathOrReference) {
    return SCHEME.matcher(pathOrReference).matches()
        ? Services.find(Downloads.class, "sd-models").get(pathOrReference)
        : Path.of(pathOrReference);
  }
}
