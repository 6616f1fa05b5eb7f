package dev.sdlora.tensors.entry;

import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.Floats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Reads parts of contiguous tensors as they are stored in an open file.
 *
 * @param path the file, for messages
 * @param channel the open file
 */
public record StoredValues(Path path, FileChannel channel) {
  /** Returns some of the bytes of a tensor of one byte per element. */
  public byte[] bytes(TensorEntry entry, long first, int count) throws IOException {
    return bytes(entry.offset() + first, count);
  }

  /** Returns bytes of the file. */
  public byte[] bytes(long offset, int count) throws IOException {
    byte[] bytes = new byte[count];
    Channels.readFully(channel, ByteBuffer.wrap(bytes), offset);
    return bytes;
  }

  /** Returns some of the elements of a tensor as floats. */
  float[] floats(TensorEntry entry, long first, int count) throws IOException {
    int width = entry.dtype().bytes();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
    Channels.readFully(channel, bytes, entry.offset() + first * width);
    float[] floats = new float[count];
    Floats.decode(entry.dtype(), bytes.flip(), floats, 0);
    return floats;
  }

  /**
   * Returns some of the elements of a tensor with factors of a weight.
   *
   * @throws dev.sdlora.api.error.TensorFileException if one is NaN or infinite
   */
  public float[] factors(TensorEntry entry, long first, int count) throws IOException {
    float[] factors = floats(entry, first, count);
    for (float factor : factors) {
      requireFinite(entry, factor);
    }
    return factors;
  }

  /** Returns a factor if it is finite. */
  public float requireFinite(TensorEntry entry, float factor) {
    if (!Float.isFinite(factor)) {
      throw TensorFileErrors.tensorError(
          path,
          entry.name(),
          "has %s in tensor '%s', expected a finite factor on the weight; the file is probably damaged"
              .formatted(factor, entry.name()));
    }
    return factor;
  }
}
