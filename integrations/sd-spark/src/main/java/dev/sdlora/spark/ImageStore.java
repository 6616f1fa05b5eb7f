package dev.sdlora.spark;

import dev.sdlora.batch.BatchException;
import dev.sdlora.batch.BatchRequest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of images, in any Hadoop file system. An image gets its name only when it is
 * completely written. Two attempts at one image, if Spark wrongly considers one dead, do not
 * conflict: each writes its own temporary file, with the same bytes.
 */
final class ImageStore {
  /** The subfolder for temporary files; Spark ignores such names when it reads folders. */
  static final String WORK = ".sd-spark";

  private static final byte[] PNG_BEGIN = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final byte[] PNG_END = HexFormat.of().parseHex("0000000049454e44ae426082");

  private final FileSystem files;
  private final Path folder;
  private final String attempt;

  private ImageStore(FileSystem files, Path folder, String attempt) {
    this.files = files;
    this.folder = folder;
    this.attempt = attempt;
  }

  /**
   * Opens a store.
   *
   * @param uri the folder, created when needed
   * @param attempt a name that no other attempt at a task has
   */
  static ImageStore open(String uri, Configuration hadoop, String attempt) {
    try {
      Path folder = new Path(uri);
      FileSystem files = folder.getFileSystem(hadoop);
      Path whole = files.makeQualified(folder);
      // Avoids a checksum file next to each image.
      return new ImageStore(
          files instanceof LocalFileSystem local ? local.getRawFileSystem() : files,
          whole,
          attempt);
    } catch (IOException | IllegalArgumentException e) {
      throw new BatchException("cannot use the image folder '%s': %s".formatted(uri, e), e);
    }
  }

  private Path file(BatchRequest request) {
    return new Path(folder, request.file());
  }

  /** Returns the location of an image. */
  String uri(BatchRequest request) {
    return file(request).toString();
  }

  /** Returns the bytes of an image if it exists and was generated with these settings. */
  Optional<byte[]> read(BatchRequest request) {
    Path file = file(request);
    try {
      if (!request.namesItself() && !hash(request).equals(request.hash())) {
        return Optional.empty();
      }
      return bytes(file).filter(ImageStore::isWhole);
    } catch (IOException e) {
      throw new BatchException("cannot read the image '%s': %s".formatted(file, e), e);
    }
  }

  private Optional<byte[]> bytes(Path file) throws IOException {
    try {
      FileStatus status = files.getFileStatus(file);
      byte[] bytes = new byte[Math.toIntExact(status.getLen())];
      try (FSDataInputStream in = files.open(file)) {
        in.readFully(0, bytes);
      }
      return Optional.of(bytes);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Whether the bytes begin and end like a complete PNG. */
  private static boolean isWhole(byte[] png) {
    int end = png.length - PNG_END.length;
    return end >= PNG_BEGIN.length
        && Arrays.equals(png, 0, PNG_BEGIN.length, PNG_BEGIN, 0, PNG_BEGIN.length)
        && Arrays.equals(png, end, png.length, PNG_END, 0, PNG_END.length);
  }

  /** Writes an image; replaces an image generated with other settings. */
  void write(BatchRequest request, byte[] png) {
    Path file = file(request);
    Path part = new Path(new Path(folder, WORK), request.id() + "." + attempt + ".part");
    try {
      if (!request.namesItself()) { // Written again after the rename.
        files.delete(hashFile(request), false);
      }
      create(part, png);
      rename(part, file, png);
      if (!request.namesItself()) {
        create(hashFile(request), request.hash().getBytes(StandardCharsets.US_ASCII));
      }
      forgetParts(request);
    } catch (IOException e) {
      throw new BatchException("cannot write the image '%s': %s".formatted(file, e), e);
    }
  }

  private void create(Path file, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = files.create(file, true)) {
      out.write(bytes);
    }
  }

  /**
   * Renames a file. Some file systems reject an existing target, with a return value or an
   * exception.
   */
  private void rename(Path part, Path file, byte[] png) throws IOException {
    if (tryRename(part, file)) {
      return;
    }
    Optional<byte[]> there = bytes(file);
    if (there.isPresent() && Arrays.equals(there.get(), png)) {
      files.delete(part, false); // Another attempt was faster.
      return;
    }
    files.delete(file, false);
    if (!tryRename(part, file) && !bytes(file).map(ImageStore::isWhole).orElse(false)) {
      throw new IOException("cannot rename '%s' to it".formatted(part));
    }
  }

  private boolean tryRename(Path part, Path file) throws IOException {
    try {
      return files.rename(part, file);
    } catch (FileNotFoundException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Deletes temporary files of interrupted attempts. */
  private void forgetParts(BatchRequest request) throws IOException {
    FileStatus[] parts =
        files.globStatus(new Path(new Path(folder, WORK), request.id() + ".*.part"));
    if (parts != null) {
      for (FileStatus part : parts) {
        files.delete(part.getPath(), false);
      }
    }
  }

  /** Returns the file with the hash of an image's settings, for names that do not contain it. */
  private Path hashFile(BatchRequest request) {
    return new Path(new Path(folder, WORK), request.id() + ".hash");
  }

  private String hash(BatchRequest request) throws IOException {
    return bytes(hashFile(request))
        .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
        .orElse("");
  }
}
