package dev.sdlora.tensors.file.quantised;

import dev.sdlora.tensors.entry.StoredBytes;
import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.entry.Widening;
import dev.sdlora.tensors.number.ByteFormats;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A weight of one byte per element, an 8-bit float or an integer, times a scale: one number, or one
 * for each block of rows and columns. Rotated weights are also multiplied by a Hadamard matrix,
 * which spreads outliers over a group of inputs before they are rounded.
 *
 * @param weight the stored elements
 * @param scale the scales
 * @param grid the number of scales along rows and columns
 * @param rotation applied to the scaled weight, with a group that divides the columns; empty if the
 *     weight is not rotated
 */
record ScaledBytes(TensorEntry weight, TensorEntry scale, Grid grid, Optional<Rotation> rotation)
    implements Widening, StoredBytes.Factors {
  /** The most scales along the inputs, more than any layer has inputs. */
  private static final int MAX_ACROSS = 1 << 20;

  /**
   * The scales along the dimensions of a weight.
   *
   * @param rows the size of the first dimension of the weight
   * @param columns the product of its other sizes
   * @param down the number of scales along the rows, a divisor
   * @param across the number of scales along the columns, a divisor
   */
  record Grid(long rows, long columns, long down, long across) {
    private long rowsOfOne() {
      return rows / down;
    }

    private long columnsOfOne() {
      return columns / across;
    }
  }

  @Override
  public int unit() {
    return rotation.map(Rotation::group).orElse(1);
  }

  @Override
  public Optional<StoredBytes.Piece> stored(long first, long elements) {
    return rotation.isEmpty() && isAligned(first, elements)
        ? Optional.of(new StoredBytes.Piece(weight.offset() + first, first, elements))
        : Optional.empty();
  }

  @Override
  public Optional<StoredBytes> stored(List<StoredBytes.Piece> pieces) {
    return Optional.of(new StoredBytes(weight.dtype().name(), 1, 1, pieces, Optional.of(this)));
  }

  @Override
  public void read(StoredValues stored, long first, float[] values) throws IOException {
    ByteFormats.widen(weight.dtype(), stored.bytes(weight, first, values.length), values);
    long row = first / grid.columns;
    long lastRow = (first + values.length - 1) / grid.columns;
    long firstScale = row / grid.rowsOfOne() * grid.across;
    long endOfScales = (lastRow / grid.rowsOfOne() + 1) * grid.across;
    float[] scales = stored.factors(scale, firstScale, Math.toIntExact(endOfScales - firstScale));
    int at = 0;
    while (at < values.length) {
      long here = (first + at) / grid.columns;
      long column = (first + at) % grid.columns;
      long block = column / grid.columnsOfOne();
      float factor = scales[(int) (here / grid.rowsOfOne() * grid.across - firstScale + block)];
      long left = (block + 1) * grid.columnsOfOne() - column;
      int end = (int) Math.min(values.length, at + left);
      for (; at < end; at++) {
        values[at] *= factor;
      }
    }
    rotation.ifPresent(known -> known.rotate(values));
  }

  @Override
  public boolean isWhole() {
    return grid.down == 1 && grid.across == 1;
  }

  /** Whether elements are whole rows, or may be any. */
  boolean isAligned(long first, long elements) {
    return isWhole() || (first % grid.columns == 0 && elements % grid.columns == 0);
  }

  @Override
  public long factors(long elements) {
    return elements / grid.columnsOfOne();
  }

  @Override
  public float[] factors(StoredValues stored, long first, long elements) throws IOException {
    if (isWhole()) {
      return stored.factors(scale, 0, 1);
    }
    int across = Math.toIntExact(grid.across);
    long row = first / grid.columns;
    int rows = Math.toIntExact(elements / grid.columns);
    long known = row / grid.rowsOfOne();
    long end = (row + rows - 1) / grid.rowsOfOne() + 1;
    float[] once = stored.factors(scale, known * across, Math.toIntExact((end - known) * across));
    float[] repeated = new float[Math.multiplyExact(rows, across)];
    for (int i = 0; i < rows; i++) {
      int from = (int) ((row + i) / grid.rowsOfOne() - known) * across;
      System.arraycopy(once, from, repeated, i * across, across);
    }
    return repeated;
  }

  /** Returns the format in messages and in descriptions of a checkpoint. */
  String format() {
    String dtype = weight.dtype().label();
    return dtype + (rotation.isPresent() ? " rotated" : " scaled");
  }

  /**
   * Returns the arrangement of scales along a weight.
   *
   * @return the arrangement; nothing in it if the shapes do not fit each other
   */
  static Optional<Grid> grid(List<Long> weight, TensorEntry scale) {
    long rows = weight.isEmpty() ? 1 : weight.get(0);
    long elements = TensorEntry.byteLength(weight, DType.I8);
    long columns = rows == 0 ? 0 : elements / rows;
    if (scale.elements() == 1) {
      return Optional.of(new Grid(rows, columns, 1, 1));
    }
    List<Long> shape = scale.shape();
    long down = shape.get(0);
    long across = shape.size() > 1 ? shape.get(1) : 1;
    long inputs = weight.size() > 1 ? weight.get(1) : 1;
    boolean fits =
        down > 0
            && across > 0
            && across <= MAX_ACROSS
            && scale.elements() == down * across
            && rows % down == 0
            && inputs % across == 0;
    return fits ? Optional.of(new Grid(rows, columns, down, across)) : Optional.empty();
  }
}
