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
 * The folder of images, in any of Hadoop's file systems. An image gets its name when all of it is
 * written. Two attempts at one image, of which Spark thinks that one is dead, do not disturb each
 * other: each has a file of its own until then, and they write the same bytes.
 */
final class ImageStore {
  /** What is in work, beside the images; Spark passes such names over when it reads folders. */
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
   * A store.
   *
   * @param uri of the folder, which is made when it is needed
   * @param attempt what no other attempt at a task is called
   */
  static ImageStore open(String uri, Configuration hadoop, String attempt) {
    try {
      Path folder = new Path(uri);
      FileSystem files = folder.getFileSystem(hadoop);
      Path whole = files.makeQualified(folder);
      // Else a file of checksums would lie beside each image.
      return new ImageStore(
          files instanceof LocalFileSystem local ? local.getRawFileSystem() : files,
          whole,
          attempt);
    } catch (IOException | IllegalArgumentException e) {
      throw new BatchException("cannot use the folder of pictures '%s': %s".formatted(uri, e), e);
    }
  }

  private Path file(BatchRequest request) {
    return new Path(folder, request.file());
  }

  /** Where an image is found. */
  String uri(BatchRequest request) {
    return file(request).toString();
  }

  /** The bytes of an image, if it is there and of these settings. */
  Optional<byte[]> read(BatchRequest request) {
    Path file = file(request);
    try {
      if (!request.namesItself() && !hash(request).equals(request.hash())) {
        return Optional.empty();
      }
      return bytes(file).filter(ImageStore::isWhole);
    } catch (IOException e) {
      throw new BatchException("cannot read the picture '%s': %s".formatted(file, e), e);
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

  /** Whether a file begins and ends as a PNG does. */
  private static boolean isWhole(byte[] png) {
    int end = png.length - PNG_END.length;
    return end >= PNG_BEGIN.length
        && Arrays.equals(png, 0, PNG_BEGIN.length, PNG_BEGIN, 0, PNG_BEGIN.length)
        && Arrays.equals(png, end, png.length, PNG_END, 0, PNG_END.length);
  }

  /** Keeps an image, in the place of one of other settings if there is one. */
  void write(BatchRequest request, byte[] png) {
    Path file = file(request);
    Path part = new Path(new Path(folder, WORK), request.id() + "." + attempt + ".part");
    try {
      if (!request.namesItself()) { // Until it is known again what is in the file.
        files.delete(hashFile(request), false);
      }
      create(part, png);
      rename(part, file, png);
      if (!request.namesItself()) {
        create(hashFile(request), request.hash().getBytes(StandardCharsets.US_ASCII));
      }
      forgetParts(request);
    } catch (IOException e) {
      throw new BatchException("cannot write the picture '%s': %s".formatted(file, e), e);
    }
  }

  private void create(Path file, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = files.create(file, true)) {
      out.write(bytes);
    }
  }

  /** Some file systems refuse a name that is taken, with an answer or an exception. */
  private void rename(Path part, Path file, byte[] png) throws IOException {
    if (tryRename(part, file)) {
      return;
    }
    Optional<byte[]> there = bytes(file);
    if (there.isPresent() && Arrays.equals(there.get(), png)) {
      files.delete(part, false); // Another attempt was quicker.
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

  /** What attempts left that ended in the middle. */
  private void forgetParts(BatchRequest request) throws IOException {
    FileStatus[] parts =
        files.globStatus(new Path(new Path(folder, WORK), request.id() + ".*.part"));
    if (parts != null) {
      for (FileStatus part : parts) {
        files.delete(part.getPath(), false);
      }
    }
  }

  /** Tells which settings an image has whose name does not. */
  private Path hashFile(BatchRequest request) {
    return new Path(new Path(folder, WORK), request.id() + ".hash");
  }

  private String hash(BatchRequest request) throws IOException {
    return bytes(hashFile(request))
        .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
        .orElse("");
  }
}
