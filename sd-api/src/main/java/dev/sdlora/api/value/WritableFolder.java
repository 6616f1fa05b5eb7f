package dev.sdlora.api.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that a folder is writable before work begins whose results go there. */
public final class WritableFolder {
  private WritableFolder() {}

  /**
   * Creates an empty file in a folder and deletes it again. Permission bits alone do not reveal
   * read-only file systems or the rules of network drives.
   *
   * @param folder an existing folder
   * @throws IOException if no file can be created in the folder
   */
  public static void check(Path folder) throws IOException {
    Files.delete(Files.createTempFile(folder, ".writable", null));
  }
}
