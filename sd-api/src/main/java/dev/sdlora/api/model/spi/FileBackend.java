package dev.sdlora.api.model.spi;

import dev.sdlora.api.model.FileDescription;
import java.nio.file.Path;
import java.util.Optional;

/** Describes files with weights. */
public interface FileBackend {
  /**
   * Implements {@link FileDescription#of}.
   *
   * @param file a file with tensors
   * @return the description; empty if the names of its tensors are unknown
   */
  Optional<FileDescription> describe(Path file);
}
