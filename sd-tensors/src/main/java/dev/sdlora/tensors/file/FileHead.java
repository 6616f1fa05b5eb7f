package dev.sdlora.tensors.file;

import dev.sdlora.tensors.entry.QuantisedTensors;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.file.gguf.GgufParts;
import dev.sdlora.tensors.file.pytorch.TorchFiles;
import dev.sdlora.tensors.file.quantised.QuantisedLayouts;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.FileStamp;
import dev.sdlora.tensors.io.ForeignFiles;
import dev.sdlora.tensors.io.JoinedChannel;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a tensor file in any of the formats, checked.
 *
 * @param stamps the file, or all parts of a split GGUF file in their order
 * @param size their size in bytes
 * @param contents the tensors and what the file says about them
 * @param quantised the tensors whose values are computed when they are read
 * @param gguf whether it is a GGUF file
 */
record FileHead(
    List<FileStamp> stamps,
    long size,
    TensorContents contents,
    QuantisedTensors quantised,
    boolean gguf) {
  private static final int LENGTH_BYTES = 8;

  /** Copies the list. */
  FileHead {
    stamps = List.copyOf(stamps);
  }

  /** Reads a head as {@link TensorFile#open} says. */
  static FileHead read(Path path) {
    Cancellation.check();
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw TensorFileErrors.error(path, "is a folder, expected a tensor file");
      }
      if (!attributes.isRegularFile()) {
        throw TensorFileErrors.error(path, "is not a regular file");
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        long fileSize = channel.size();
        byte[] start = new byte[(int) Math.min(fileSize, ForeignFiles.PREFIX_BYTES)];
        Channels.readFully(channel, ByteBuffer.wrap(start), 0);
        if (ForeignFiles.isGguf(start)) {
          GgufParts parts = GgufParts.open(path);
          return new FileHead(
              parts.stamps(),
              parts.size(),
              parts.shown().contents(),
              parts.shown().tensors(),
              true);
        }
        QuantisedTensors.Shown shown =
            QuantisedLayouts.read(
                path, channel, fileSize, contents(path, channel, start, fileSize));
        TensorContents contents = shown.contents();
        FileStamp stamp =
            new FileStamp(path, channel, attributes.lastModifiedTime(), contents.headLength());
        return new FileHead(List.of(stamp), fileSize, contents, shown.tensors(), false);
      }
    } catch (NoSuchFileException e) {
      throw TensorFileErrors.error(path, "does not exist", e);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    }
  }

  private static TensorContents contents(
      Path path, FileChannel channel, byte[] start, long fileSize) throws IOException {
    if (ForeignFiles.isZip(start)) {
      return new TorchFiles(path, channel, fileSize).archive();
    }
    if (ForeignFiles.isPickle(start)) {
      return new TorchFiles(path, channel, fileSize).legacy();
    }
    int dataStart = LENGTH_BYTES + headerLength(path, start, fileSize);
    HeaderParser.Header header =
        HeaderParser.parse(
            path,
            Channels.stream(channel, LENGTH_BYTES, dataStart - LENGTH_BYTES),
            dataStart,
            fileSize);
    return new TensorContents(
        dataStart, header.metadata(), Map.of(), header.tensors(), Map.of(), dataStart);
  }

  private static int headerLength(Path path, byte[] start, long size) {
    Optional<String> foreign = ForeignFiles.recognise(start);
    if (foreign.isPresent()) {
      throw TensorFileErrors.error(path, foreign.get());
    }
    if (size < LENGTH_BYTES) {
      throw TensorFileErrors.error(
          path,
          "has %s bytes, fewer than the %s of a length prefix; it was probably cut off"
              .formatted(size, LENGTH_BYTES));
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 0 || length > HeaderParser.MAX_BYTES) {
      throw TensorFileErrors.error(
          path,
          "declares a header of %s bytes, more than the %s allowed; it is probably another format"
              .formatted(Long.toUnsignedString(length), HeaderParser.MAX_BYTES));
    }
    if (length > size - LENGTH_BYTES) {
      throw TensorFileErrors.error(
          path,
          "declares a header of %s bytes, but has only %s bytes in all; it was probably cut off"
              .formatted(length, size));
    }
    return (int) length;
  }

  /** Returns the same head with other tensors. */
  FileHead with(TensorContents others) {
    return new FileHead(stamps, size, others, quantised, gguf);
  }

  /**
   * Opens the file, or all parts as one.
   *
   * @param path the file that was opened, for messages
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be read, or has changed
   */
  FileChannel openUnchanged(Path path) {
    if (stamps.size() == 1) {
      return stamps.get(0).openUnchanged();
    }
    List<FileChannel> open = new ArrayList<>();
    try {
      stamps.forEach(stamp -> open.add(stamp.openUnchanged()));
      return new JoinedChannel(open);
    } catch (IOException | RuntimeException e) {
      closeAll(open, e);
      throw e instanceof RuntimeException failure
          ? failure
          : TensorFileErrors.ioError(path, "cannot be read again", (IOException) e);
    }
  }

  private static void closeAll(List<FileChannel> open, Exception failure) {
    try {
      JoinedChannel.closeAll(open);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
