package dev.sdlora.lora.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * By what a file is taken to be the same as before.
 *
 * @param size in bytes
 * @param modified when it was last written
 */
record Stamp(long size, FileTime modified) {
  static Stamp of(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime());
  }
}
