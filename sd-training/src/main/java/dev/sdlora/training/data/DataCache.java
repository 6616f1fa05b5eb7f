package dev.sdlora.training.data;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Arrays on disk under hashes of everything that they were computed from, one safetensors file for
 * each key. Files are written atomically, and their content has a hash of its own: a damaged entry
 * counts as missing and is replaced. Several threads and processes can use a folder at once.
 */
public final class DataCache {
  /** A cache that keeps nothing. */
  public static final DataCache NONE = new DataCache(Optional.empty());

  private static final Logger LOG = LoggerFactory.getLogger(DataCache.class);
  private static final String CONTENT = "sha256";

  private final Optional<Path> folder;

  private DataCache(Optional<Path> folder) {
    this.folder = folder;
  }

  /**
   * Creates a cache in a folder.
   *
   * @param folder the folder; created when the first entry is written
   */
  public static DataCache in(Path folder) {
    return new DataCache(Optional.of(folder));
  }

  /** Whether there is a folder that keeps entries; if not, keys need not be computed. */
  public boolean isKept() {
    return folder.isPresent();
  }

  /** The folder; empty if nothing is kept. */
  public Optional<Path> folder() {
    return folder;
  }

  /** Finds the arrays of a key; empty if there are none or their file is damaged. */
  public Optional<Map<String, float[]>> find(CacheKey key) {
    Optional<Path> file = file(key).filter(Files::isRegularFile);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      TensorFile tensors = TensorFile.open(file.get());
      Map<String, float[]> values = new TreeMap<>();
      try (TensorFile.Reader reader = tensors.reader()) {
        tensors.tensors().forEach((name, entry) -> values.put(name, reader.floats(entry)));
      }
      if (hash(values).equals(tensors.metadata().get(CONTENT))) {
        return Optional.of(values);
      }
      LOG.warn("{} is damaged and will be replaced", file.get());
    } catch (StableDiffusionException e) {
      LOG.warn("{} cannot be read and will be replaced: {}", file.get(), e.getMessage());
    }
    return Optional.empty();
  }

  /** Keeps the arrays of a key. A failure to write them is logged, because they can be computed. */
  public void keep(CacheKey key, Map<String, float[]> values) {
    file(key).ifPresent(file -> write(file, new TreeMap<>(values)));
  }

  private static void write(Path file, Map<String, float[]> values) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(CONTENT, hash(values));
    values.forEach(
        (name, array) -> writer.tensor(name, List.of((long) array.length), array, DType.F32));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      writer.write(file);
    } catch (IOException | UncheckedIOException | StableDiffusionException e) {
      LOG.warn("{} cannot be written and is not cached: {}", file, e.getMessage());
    }
  }

  private Optional<Path> file(CacheKey key) {
    return folder.map(own -> own.resolve(key.name() + ".safetensors"));
  }

  /** The hash of arrays, which are in the order of their names. */
  private static String hash(Map<String, float[]> values) {
    CacheKey hash = CacheKey.of("");
    for (Map.Entry<String, float[]> entry : values.entrySet()) {
      hash = hash.with(entry.getKey()).with(entry.getValue());
    }
    return hash.sha256();
  }
}
