package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A format of fewer bits than the computation in which a weight can stay in memory. Its values are
 * computed at each use, by the function {@code widened} of the program text {@code
 * widening.torchscript.py}.
 */
public enum StoredFormat {
  /** 4 bits and a float16 scale for 32 elements. */
  Q4_0(2, "Q4_0", 32, 18),
  /** 4 bits, a float16 scale and minimum for 32 elements. */
  Q4_1(3, "Q4_1", 32, 20),
  /** 5 bits and a float16 scale for 32 elements. */
  Q5_0(6, "Q5_0", 32, 22),
  /** 5 bits, a float16 scale and minimum for 32 elements. */
  Q5_1(7, "Q5_1", 32, 24),
  /** 8 bits and a float16 scale for 32 elements. */
  Q8_0(8, "Q8_0", 32, 34),
  /** 2 bits, with 4-bit scales and minimums for every 16 of 256 elements. */
  Q2_K(10, "Q2_K", 256, 84),
  /** 3 bits, with 6-bit scales, a byte each in memory, for every 16 of 256 elements. */
  Q3_K(11, "Q3_K", 256, 114, 110),
  /**
   * 4 bits, with 6-bit scales and minimums, a byte each in memory, for every 32 of 256 elements.
   */
  Q4_K(12, "Q4_K", 256, 148, 144),
  /**
   * 5 bits, with 6-bit scales and minimums, a byte each in memory, for every 32 of 256 elements.
   */
  Q5_K(13, "Q5_K", 256, 180, 176),
  /** 6 bits, with 8-bit scales for every 16 of 256 elements. */
  Q6_K(14, "Q6_K", 256, 210),
  /** 4 bits that choose one of 16 uneven levels, and a float16 scale for 32 elements. */
  IQ4_NL(20, "IQ4_NL", 32, 18),
  /**
   * The levels of IQ4_NL, with 6-bit scales, a byte each in memory, for every 32 of 256 elements.
   */
  IQ4_XS(23, "IQ4_XS", 256, 138, 136),
  /** An 8-bit float with 4 exponent bits, and a float32 scale for the tensor, rows or blocks. */
  FP8_E4M3(100, "F8_E4M3", 1, 1),
  /** An 8-bit float with 5 exponent bits, and a float32 scale for the tensor, rows or blocks. */
  FP8_E5M2(101, "F8_E5M2", 1, 1),
  /** 8 bits, and a float32 scale for the tensor, rows or blocks. */
  INT8(102, "I8", 1, 1),
  /** The upper half of a float32. */
  BFLOAT16(103, "BF16", 1, 2);

  private final int code;
  private final String stored;
  private final int blockElements;
  private final int blockBytes;
  private final int fileBytes;

  StoredFormat(int code, String stored, int blockElements, int blockBytes) {
    this(code, stored, blockElements, blockBytes, blockBytes);
  }

  StoredFormat(int code, String stored, int blockElements, int blockBytes, int fileBytes) {
    this.fileBytes = fileBytes;
    this.code = code;
    this.stored = stored;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Returns the name of this format in infotexts, which is Forge's if it has one. */
  public String label() {
    return switch (this) {
      case FP8_E4M3 -> "float8-e4m3fn";
      case FP8_E5M2 -> "float8-e5m2";
      case INT8 -> "int8";
      default -> name();
    };
  }

  /** Returns the number of this format in programs. */
  public int code() {
    return code;
  }

  /**
   * Returns the format in which a file stores a weight.
   *
   * @return the format; empty if the weight is not quantised, if a program cannot widen its format,
   *     or if it is a part of a tensor that cuts blocks
   */
  public static Optional<StoredFormat> of(Origin origin) {
    return origin
        .file()
        .stored(origin.entry())
        .flatMap(
            bytes ->
                Arrays.stream(values())
                    .filter(format -> format.stored.equals(bytes.format()))
                    .findFirst());
  }

  /** Returns the bytes that a weight takes in this format, read or rounded. */
  public long bytes(Origin origin) {
    long factors =
        origin
            .file()
            .stored(origin.entry())
            .filter(found -> found.format().equals(stored))
            // Programs read at least one factor of bytes.
            .map(found -> Math.max(found.factors(), blockElements == 1 ? 1 : 0))
            .orElseGet(() -> this == INT8 ? origin.shape().get(0) : 0L);
    return origin.entry().elements() / blockElements * blockBytes
        + factors * ScalarType.FLOAT32.bytes();
  }

  /**
   * Reads a weight that a file stores in this format, without rounding.
   *
   * @param loader its transfer buffer is used
   * @param reader the open file
   * @param origin the location of the weight
   * @param owner the manager that will own the result
   * @return the arguments of {@code widened}: first the elements in their order, then what scales
   *     them
   * @throws IllegalArgumentException if the file does not store the weight in this format
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be read, or a scale is NaN
   *     or infinite
   */
  public List<NDArray> load(
      TensorLoader loader, TensorFile.Reader reader, Origin origin, NDManager owner) {
    StoredBytes bytes =
        reader
            .file()
            .stored(origin.entry())
            .filter(found -> found.format().equals(stored))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'%s' is not stored as %s".formatted(origin.entry().name(), this)));
    return new StoredParts(loader).load(this, reader, bytes, owner);
  }

  /**
   * Lays out blocks of this format, as {@link #load} does with those of a file.
   *
   * @param loader its transfer buffer is used
   * @param blocks the blocks as a file stores them, from position 0 to the limit
   * @param factors factors outside the blocks; empty for none
   * @param owner the manager that will own the result
   * @return the arguments of {@code widened}
   */
  public List<NDArray> ofBlocks(
      TensorLoader loader, ByteBuffer blocks, float[] factors, NDManager owner) {
    return new StoredParts(loader)
        .load(
            this,
            (first, target) -> {
              int from = Math.toIntExact(first * fileBytes);
              int length = target.remaining();
              target.put(blocks.slice(from, length));
            },
            blocks.limit() / fileBytes,
            blockElements,
            fileBytes,
            factors,
            owner);
  }

  /** Returns the number of elements in a block: 1, 32 or 256. */
  public int blockElements() {
    return blockElements;
  }

  /** Returns the size of a block in a file in bytes. */
  public int fileBytes() {
    return fileBytes;
  }

  /**
   * Returns float32 values in this format: {@link #INT8} with a scale for each row, the largest
   * magnitude in it divided by 127, or {@link #BFLOAT16}; both round to nearest, ties to even.
   *
   * @param loader compiles the program
   * @param values the values; the first dimension counts rows
   * @param owner the manager that will own the result
   * @return the arguments of {@code widened}
   * @throws IllegalArgumentException if this is another format
   */
  public List<NDArray> fromValues(TensorLoader loader, NDArray values, NDManager owner) {
    if (this != INT8 && this != BFLOAT16) {
      throw new IllegalArgumentException("values are not rounded to " + this);
    }
    return new StoredParts(loader).round(this, values, owner);
  }
}
