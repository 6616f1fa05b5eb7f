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
 * Checks whether users other than this one and root could change the files at a path. Code loaded
 * from there runs in this process. On Windows, where files have no Unix permissions, every path
 * passes: other users have no access to a user's folders there.
 */
final class Ownership {
  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;
  private static final int LINKS = 40;
  private static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  private Ownership() {}

  /**
   * Creates a folder that is closed to other users unless it exists; throws if others could change
   * it.
   */
  static void createOwn(Path folder) {
    try {
      Files.createDirectories(folder, closed("rwx------"));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the folder for native libraries " + folder + " cannot be created: " + e, e);
    }
    requireOwn(folder);
  }

  /**
   * Throws if other users could change or replace a folder or file. A missing one passes if others
   * cannot create it.
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
                      + " because "
                      + complaint
                      + "; revoke the write permission of others (chmod go-w), or set"
                      + " ENGINE_CACHE_DIR to another folder");
            });
  }

  /** Returns the problem with a path, such as "others can write to /srv". */
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
        return Optional.of(path + " is a circular link");
      }
      Path target = path.resolveSibling(Files.readSymbolicLink(path));
      return complaint(target, last, links - 1);
    }
    // In a sticky folder only owners can rename and delete, but anyone can add files.
    boolean guarded = !last && (mode & STICKY) != 0;
    return (mode & OTHERS_WRITE) != 0 && !guarded
        ? Optional.of("others can write to " + path)
        : Optional.empty();
  }

  /** Opens a new file that is closed to other users, replacing an existing one. */
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

  /** Only loaded on Unix. */
  private static final class User {
    static final int ID = id();

    private User() {}

    /**
     * Returns the owner of a new file, because Java's own way fails for users that have an ID but
     * no name.
     */
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
            "cannot create a file in java.io.tmpdir ("
                + System.getProperty("java.io.tmpdir")
                + "), which must be writable: "
                + e,
            e);
      }
    }
  }
}
