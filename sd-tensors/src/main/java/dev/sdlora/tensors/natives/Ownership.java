package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Tells whether users other than this one and root could change what lies at a path. Code that is
 * loaded from there runs in this process. Where files have no Unix permissions, on Windows, nothing
 * is refused: the folders of users are closed to others there.
 */
final class Ownership {
  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;
  private static final int LINKS = 40;
  private static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  private Ownership() {}

  /** Makes a folder, closed to others, where there is none, and refuses one that is not our own. */
  static void createOwn(Path folder) {
    try {
      Files.createDirectories(folder, closed("rwx------"));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the folder for native libraries " + folder + " cannot be made: " + e, e);
    }
    requireOwn(folder);
  }

  /**
   * Refuses a folder or file that others could change or replace. One that does not exist yet is
   * fine if others cannot make it.
   *
   * @throws IllegalStateException if they could
   */
  static void requireOwn(Path path) {
    complaint(path)
        .ifPresent(
            complaint -> {
              throw new IllegalStateException(
                  "native libraries are not loaded from "
                      + path
                      + ", for "
                      + complaint
                      + "; close it to others (chmod go-w), or name another folder by"
                      + " ENGINE_CACHE_DIR");
            });
  }

  /** What is wrong with a path, such as "others can write to /srv". */
  static Optional<String> complaint(Path path) {
    try {
      return UNIX ? complaint(path.toAbsolutePath(), true, LINKS) : Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException(
          "the permissions of " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<String> complaint(Path path, boolean last, int links) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      Optional<String> above = complaint(parent, false, links);
      if (above.isPresent()) {
        return above;
      }
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Map<String, Object> facts =
        Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    int owner = (Integer) Objects.requireNonNull(facts.get("uid"));
    int mode = (Integer) Objects.requireNonNull(facts.get("mode"));
    if (owner != 0 && owner != User.ID) {
      return Optional.of(path + " belongs to another user");
    }
    if (Files.isSymbolicLink(path)) {
      if (links == 0) {
        return Optional.of(path + " is a link in a circle");
      }
      Path target = path.resolveSibling(Files.readSymbolicLink(path));
      return complaint(target, last, links - 1);
    }
    // In a sticky folder only owners can rename and delete, but anyone can add.
    boolean guarded = !last && (mode & STICKY) != 0;
    return (mode & OTHERS_WRITE) != 0 && !guarded
        ? Optional.of("others can write to " + path)
        : Optional.empty();
  }

  /** Opens a new file, closed to others, in place of one that may be there. */
  static OutputStream newOwnFile(Path file) throws IOException {
    Files.deleteIfExists(file);
    return Channels.newOutputStream(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            closed("rw-------")));
  }

  private static FileAttribute<?>[] closed(String permissions) {
    return UNIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Loaded on Unix only. */
  private static final class User {
    static final int ID = id();

    private User() {}

    /** Asked of a new file, for Java's own way fails for users that have a number and no name. */
    private static int id() {
      try {
        Path file = Files.createTempFile("sdlora", null);
        try {
          return (Integer) Files.getAttribute(file, "unix:uid");
        } finally {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new IllegalStateException(
            "no file can be made in java.io.tmpdir ("
                + System.getProperty("java.io.tmpdir")
                + "), which must be writable: "
                + e,
            e);
      }
    }
  }
}
