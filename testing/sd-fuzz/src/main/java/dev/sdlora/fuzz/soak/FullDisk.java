package dev.sdlora.fuzz.soak;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A disk without space for an image. */
final class FullDisk {
  private static final String OLD = "an old picture";

  private FullDisk() {}

  /** Saves an image there, replacing another file; returns the faults found. */
  static List<String> save(GeneratedImage image) throws IOException {
    List<String> faults = new ArrayList<>();
    Configuration small =
        Configuration.unix().toBuilder().setBlockSize(512).setMaxSize(4096).build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path file = disk.getPath("picture.png").toAbsolutePath();
      Files.writeString(file, OLD, StandardCharsets.US_ASCII);
      try {
        image.save(file);
        faults.add("an image was saved to a full disk");
      } catch (ImageFileException e) {
        if (!Files.readString(file, StandardCharsets.US_ASCII).equals(OLD)) {
          faults.add("a full disk lost the old image");
        }
      }
      try (Stream<Path> files = Files.list(file.getParent())) {
        if (files.count() != 1) {
          faults.add("a full disk keeps a partial image");
        }
      }
    }
    return faults;
  }
}
