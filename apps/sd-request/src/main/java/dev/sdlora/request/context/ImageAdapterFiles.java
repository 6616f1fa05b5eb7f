package dev.sdlora.request.context;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.model.FileDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recognises IP-Adapters by the headers of their files, each of which is read once. */
final class ImageAdapterFiles {
  private static final int MOST_KNOWN = 1000;

  private static final Map<Path, Known> KNOWN =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Known> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  private record Known(long size, FileTime modified, boolean adapter) {}

  private ImageAdapterFiles() {}

  /** Whether a file holds an IP-Adapter; not if it cannot be read. */
  static boolean isOne(Path file) {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      return false; // It has been deleted.
    }
    synchronized (KNOWN) {
      Known known = KNOWN.get(file);
      if (known != null
          && known.size == now.size()
          && known.modified.equals(now.lastModifiedTime())) {
        return known.adapter;
      }
    }
    boolean adapter = now.isRegularFile() && describedAsOne(file);
    synchronized (KNOWN) {
      KNOWN.put(file, new Known(now.size(), now.lastModifiedTime(), adapter));
    }
    return adapter;
  }

  private static boolean describedAsOne(Path file) {
    try {
      return FileDescription.of(file)
          .filter(description -> description.kind() == FileDescription.Kind.IP_ADAPTER)
          .isPresent();
    } catch (StableDiffusionException e) {
      return false; // A damaged file, or one of another program.
    }
  }
}
