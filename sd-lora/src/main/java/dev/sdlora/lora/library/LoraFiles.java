package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * LoRA files that were opened before, so that a file that has not changed is the same object each
 * time. Keeps headers only. Safe for use by several threads.
 */
public final class LoraFiles {
  /** Enough for large collections; a header takes some ten kilobytes. */
  private static final int KEPT = 4096;

  private final Map<Path, Opened> opened =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Opened> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Opens a file, or gives what was opened before if its size and time stamp, and that of PEFT's
   * settings beside it, are still the same.
   *
   * @throws LoraException if it is missing or no LoRA that this version can apply
   * @throws dev.sdlora.api.TensorFileException if it is damaged or no tensor file
   */
  public LoraFile open(Path path) {
    return entry(path).file;
  }

  /** A1111's short hash of a file, computed when first asked for. */
  public String hash(Path path) {
    Opened entry = entry(path);
    synchronized (entry) {
      String hash = entry.hash;
      if (hash == null) {
        hash = FileHashes.autoV3(entry.file.file());
        entry.hash = hash;
      }
      return hash;
    }
  }

  private synchronized Opened entry(Path path) {
    BasicFileAttributes attributes = attributes(path);
    Opened known = opened.get(path);
    Optional<FileTime> settings = modified(LoraFile.settingsBeside(path));
    if (known == null
        || known.size != attributes.size()
        || !known.modified.equals(attributes.lastModifiedTime())
        || !known.settings.equals(settings)) {
      known =
          new Opened(
              LoraFile.open(path), attributes.size(), attributes.lastModifiedTime(), settings);
      opened.put(path, known);
    }
    return known;
  }

  /** When a file that need not be there was written. */
  private static Optional<FileTime> modified(Path path) {
    try {
      return Optional.of(Files.getLastModifiedTime(path));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new LoraException("LoRA '" + path + "' does not exist", e);
    } catch (IOException e) {
      throw new LoraException("LoRA '" + path + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** What callers of the library see of a file, at strength 1. */
  public static LoraAdapter adapter(LoraFile file) {
    return new LoraAdapter(
        file.file().path(),
        file.family(),
        file.modules().size(),
        file.rank(),
        file.file().metadata(),
        1,
        1);
  }

  private static final class Opened {
    private final LoraFile file;
    private final long size;
    private final FileTime modified;
    private final Optional<FileTime> settings;
    private @Nullable String hash;

    Opened(LoraFile file, long size, FileTime modified, Optional<FileTime> settings) {
      this.file = file;
      this.size = size;
      this.modified = modified;
      this.settings = settings;
    }
  }
}
