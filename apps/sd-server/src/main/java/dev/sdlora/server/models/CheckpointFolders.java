package dev.sdlora.server.models;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.StableDiffusionException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints in folders and their subfolders: files, and folders in the layout of diffusers.
 * The header of a file is read again only if its size or time changes. Other files are left out,
 * with a line in the log. Safe for use by several threads.
 */
final class CheckpointFolders {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolders.class);

  /** Levels of subfolders that are searched. */
  private static final int DEPTH = 6;

  private static final Set<String> ENDINGS = Set.of("safetensors", "ckpt", "gguf", "pt", "pth");
  private static final String INDEX = "model_index.json";

  private final List<Path> folders;
  private final CheckpointParts parts;

  /** The files that were read, by path; guarded by this. */
  private Map<Path, Header> headers = new HashMap<>();

  private record Stamp(long size, long modified) {}

  private record Header(Stamp stamp, Optional<Checkpoint> checkpoint) {}

  /**
   * Creates a list.
   *
   * @param parts the choice of tensors to open the checkpoints with
   */
  CheckpointFolders(List<Path> folders, CheckpointParts parts) {
    this.folders = List.copyOf(folders);
    this.parts = parts;
  }

  /**
   * Looks into the folders.
   *
   * @return the checkpoints in the order of the folders and their paths, by unique names: the name
   *     of the file, or its path in the folder if another file has that name
   */
  synchronized Map<String, Checkpoint> list() {
    Map<String, Checkpoint> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Map<Path, Header> read = new HashMap<>();
    Set<Path> seen = new HashSet<>();
    for (Path folder : folders) {
      for (Map.Entry<Path, Stamp> file : files(folder).entrySet()) {
        Path path = file.getKey();
        if (seen.add(path.toAbsolutePath().normalize())) {
          Header header = header(path, file.getValue());
          read.put(path, header);
          header.checkpoint().ifPresent(one -> put(found, folder, one));
        }
      }
    }
    headers = read;
    return found;
  }

  private static void put(Map<String, Checkpoint> found, Path folder, Checkpoint one) {
    if (found.putIfAbsent(one.name(), one) != null) {
      Path inside = folder.relativize(one.path()).resolveSibling(one.name());
      found.putIfAbsent(inside.toString().replace('\\', '/'), one);
    }
  }

  private Header header(Path path, Stamp stamp) {
    Header known = headers.get(path);
    return known != null && known.stamp().equals(stamp) ? known : new Header(stamp, open(path));
  }

  private Optional<Checkpoint> open(Path path) {
    try {
      return Optional.of(Checkpoint.open(path, parts));
    } catch (StableDiffusionException e) {
      LOG.info("'{}' is not listed as a checkpoint: {}", path, e.getMessage());
      return Optional.empty();
    }
  }

  private static Map<Path, Stamp> files(Path folder) {
    Map<Path, Stamp> files = new TreeMap<>();
    try {
      Files.walkFileTree(
          folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new Visitor(files));
    } catch (IOException e) {
      LOG.warn("'{}' cannot be searched for checkpoints: {}", folder, e.toString());
    }
    return files;
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Map<Path, Stamp> files;

    Visitor(Map<Path, Stamp> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Path index = folder.resolve(INDEX);
      if (!Files.isRegularFile(index)) {
        return FileVisitResult.CONTINUE;
      }
      files.put(folder, stamp(Files.readAttributes(index, BasicFileAttributes.class)));
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      String stem = name.substring(0, Math.max(0, name.lastIndexOf('.')));
      String ending = name.substring(name.lastIndexOf('.') + 1);
      if (attributes.isRegularFile() && ENDINGS.contains(ending) && !stem.endsWith(".vae")) {
        files.put(file, stamp(attributes));
      }
      return FileVisitResult.CONTINUE;
    }

    /** Loops of links and unreadable folders. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException problem) {
      LOG.debug("'{}' is not searched", file, problem);
      return FileVisitResult.CONTINUE;
    }

    private static Stamp stamp(BasicFileAttributes attributes) {
      return new Stamp(attributes.size(), attributes.lastModifiedTime().toMillis());
    }
  }
}
