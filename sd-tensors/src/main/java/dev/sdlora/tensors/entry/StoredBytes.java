package dev.sdlora.tensors.entry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The bytes that a file stores for a tensor whose values are computed when they are read, or for a
 * view of one: whole blocks in the order of the elements. {@code TensorFile.Reader} reads them.
 * Immutable.
 */
public final class StoredBytes {
  private final String format;
  private final int blockElements;
  private final int blockBytes;
  private final List<Piece> pieces;
  private final Optional<Factors> scaled;

  /** Creates the description of a tensor; the format is as {@link #format} returns it. */
  public StoredBytes(
      String format,
      int blockElements,
      int blockBytes,
      List<Piece> pieces,
      Optional<Factors> scaled) {
    this.format = format;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.pieces = List.copyOf(pieces);
    this.scaled = scaled;
  }

  /** The factors outside the blocks of a tensor. */
  public interface Factors {
    /** Whether one number multiplies all elements. */
    boolean isWhole();

    /**
     * Returns the number of factors of whole rows, counting one of several rows for each of them.
     */
    long factors(long elements);

    /**
     * Returns the factors of whole rows one after another, repeated for each row; or the only one.
     *
     * @param first the index of the first element
     * @param elements the number of elements
     * @throws dev.sdlora.api.error.TensorFileException if one is NaN or infinite
     */
    float[] factors(StoredValues stored, long first, long elements) throws IOException;
  }

  /**
   * Consecutive elements in whole blocks.
   *
   * @param offset the offset of the first block from the start of the file, in bytes
   * @param first the index of the first element in the tensor of the file
   * @param elements the number of elements
   */
  public record Piece(long offset, long first, long elements) {}

  /**
   * Returns the format of the blocks: the name that ggml gives it, such as {@code Q8_0}, or a dtype
   * of one byte as safetensors files name it: {@code F8_E4M3}, {@code F8_E5M2} or {@code I8}.
   */
  public String format() {
    return format;
  }

  /** Returns the number of elements in a block. */
  public int blockElements() {
    return blockElements;
  }

  /** Returns the size of a block in bytes. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Returns the number of blocks. */
  public long blocks() {
    return pieces.stream().mapToLong(Piece::elements).sum() / blockElements;
  }

  /**
   * Returns the number of factors outside the blocks: 0, 1 for all elements, or the same number for
   * each row of the tensor in the file, of which each multiplies as many neighbours.
   */
  public long factors() {
    return scaled
        .map(
            of ->
                of.isWhole()
                    ? 1L
                    : pieces.stream().mapToLong(piece -> of.factors(piece.elements())).sum())
        .orElse(0L);
  }

  /** Returns the elements in their order. */
  public List<Piece> pieces() {
    return pieces;
  }

  /** Returns the factors outside the blocks, if there are any. */
  public Optional<Factors> scaled() {
    return scaled;
  }
}
