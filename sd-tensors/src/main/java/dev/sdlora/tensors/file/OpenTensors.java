package dev.sdlora.tensors.file;

import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.StridedTensor;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes of the tensors of an open file. Thread-safe; an interrupt during a read closes it.
 */
final class OpenTensors {
  private final Path path;
  private final FileHead head;
  private final FileChannel channel;

  /** The strided tensor that was read last. */
  private volatile @Nullable StridedTensor scattered;

  OpenTensors(Path path, FileHead head, FileChannel channel) {
    this.path = path;
    this.head = head;
    this.channel = channel;
  }

  /** Copies stored blocks as {@link TensorFile.Reader#blocks} says. */
  void blocks(StoredBytes stored, long first, ByteBuffer target) {
    int width = stored.blockBytes();
    int limit = target.limit();
    if (first < 0
        || target.remaining() % width != 0
        || first + target.remaining() / width > stored.blocks()) {
      throw new IllegalArgumentException(
          "there are %s blocks of %s bytes, cannot read %s bytes from block %s on"
              .formatted(stored.blocks(), width, target.remaining(), first));
    }
    requireOpen();
    long skipped = first * width;
    try {
      for (StoredBytes.Piece piece : stored.pieces()) {
        long length = piece.elements() / stored.blockElements() * width;
        int some = (int) Math.max(0, Math.min(length - skipped, limit - target.position()));
        target.limit(target.position() + some);
        if (some > 0) {
          Channels.readFully(channel, target, piece.offset() + skipped);
        }
        target.limit(limit);
        skipped = Math.max(0, skipped - length);
      }
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    } finally {
      target.limit(limit);
    }
  }

  /** Returns factors as {@link TensorFile.Reader#factors} says. */
  float[] factors(StoredBytes stored) {
    requireOpen();
    FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(stored.factors()));
    StoredValues values = new StoredValues(path, channel);
    try {
      for (StoredBytes.Piece piece : stored.pieces()) {
        if (all.hasRemaining()) {
          all.put(stored.scaled().orElseThrow().factors(values, piece.first(), piece.elements()));
        }
      }
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read", e);
    }
    return all.array();
  }

  private void requireOpen() {
    if (!channel.isOpen()) {
      throw new IllegalStateException("the reader of '" + path + "' is closed");
    }
  }

  /** Closes the file. Has no effect if already closed. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "could not be closed", e);
    }
  }

  /** Fills a buffer up to its limit with bytes of a tensor of this file. */
  void fill(TensorEntry entry, long from, ByteBuffer target) {
    requireOpen();
    try {
      long start = head.contents().start(entry);
      if (start > 0) {
        TensorEntry whole = head.contents().find(entry.name()).orElseThrow();
        fillFrom(whole, start, entry.offset() - whole.offset() + from, target);
      } else {
        fillInOrder(entry, from, target);
      }
    } catch (IOException e) {
      throw TensorFileErrors.tensorIoError(path, entry.name(), e);
    }
  }

  /** Reads a tensor that begins in its middle; the bytes before that follow its last ones. */
  private void fillFrom(TensorEntry entry, long start, long from, ByteBuffer target)
      throws IOException {
    long first = (start + from) % entry.byteLength();
    int untilEnd = (int) Math.min(target.remaining(), entry.byteLength() - first);
    int limit = target.limit();
    try {
      target.limit(target.position() + untilEnd);
      fillInOrder(entry, first, target);
    } finally {
      target.limit(limit);
    }
    fillInOrder(entry, 0, target);
  }

  private void fillInOrder(TensorEntry entry, long from, ByteBuffer target) throws IOException {
    Optional<StridedTensor> scattered = scattered(entry);
    if (scattered.isPresent()) {
      // Rows begin at the same offset as in a contiguous tensor.
      long first = entry.offset() - scattered.get().entry().offset();
      scattered.get().read(this::fillAt, first + from, target);
    } else {
      fillAt(target, entry.offset() + from);
    }
  }

  private void fillAt(ByteBuffer target, long position) throws IOException {
    head.quantised().read(path, channel, target, position);
  }

  /** Returns the tensor in the file's own shape, to which the strides belong. */
  private Optional<StridedTensor> scattered(TensorEntry entry) {
    List<Long> strides = head.contents().strides().get(entry.name());
    if (strides == null) {
      return Optional.empty();
    }
    StridedTensor known = scattered;
    if (known == null || !known.entry().name().equals(entry.name())) {
      known = new StridedTensor(path, head.contents().find(entry.name()).orElseThrow(), strides);
      scattered = known;
    }
    return Optional.of(known);
  }
}
