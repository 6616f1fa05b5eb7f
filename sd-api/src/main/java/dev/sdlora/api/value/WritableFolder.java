package dev.sdlora.api.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that files can be written into a folder, before work whose results go there begins. */
public final class WritableFolder {
  private WritableFolder() {}

  /**
   * Creates an empty file in a folder and deletes it. Permission bits alone do not show read-only
   * file systems, nor what network drives allow.
   *
   * @param folder an existing folder
   * @throws IOException if a file cannot be created in it
   */
  public static void check(Path folder) throws IOException {
    Files.delete(Files.createTempFile(folder, ".writable", null));
  }
}
