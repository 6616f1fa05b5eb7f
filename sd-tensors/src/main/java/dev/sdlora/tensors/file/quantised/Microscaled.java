package dev.sdlora.tensors.file.quantised;

import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.entry.Widening;
import dev.sdlora.tensors.number.ByteFormats;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.util.Optional;

/**
 * A matrix with a scale for every 16 (NVFP4) or 32 (MXFP8) neighbouring inputs. The scales are in
 * the order in which NVIDIA's matrix units read them: rows are padded to a multiple of 128 and
 * columns to one of 4, and within a tile of 128 × 4 the scale of a row and column has the index
 * {@code (row % 32) · 16 + row / 32 · 4 + column} (cuBLAS documentation, "Scaling Factors
 * Layouts").
 *
 * @param weight the stored elements: 8-bit floats, or bytes with two codes of 4 bits each, the
 *     first in the high half
 * @param columns the number of inputs
 * @param scale the scales of the blocks: exponents of 8 bits, or 8-bit floats
 * @param tensorScale for NVFP4, one number for the whole matrix
 * @param inputScale a factor for every input; empty if there is none
 */
record Microscaled(
    TensorEntry weight,
    long columns,
    TensorEntry scale,
    Optional<TensorEntry> tensorScale,
    Optional<TensorEntry> inputScale)
    implements Widening {
  /** The number of inputs with one scale in NVFP4. */
  static final int NVFP4_BLOCK = 16;

  /** The number of inputs with one scale in MXFP8. */
  static final int MXFP8_BLOCK = 32;

  /** The most stored columns, more than any layer has inputs. */
  static final int MAX_COLUMNS = 1 << 20;

  private static final int TILE_ROWS = 128;
  private static final int TILE_COLUMNS = 4;
  private static final int TILE = TILE_ROWS * TILE_COLUMNS;

  private boolean isNvfp4() {
    return tensorScale.isPresent();
  }

  private int block() {
    return isNvfp4() ? NVFP4_BLOCK : MXFP8_BLOCK;
  }

  @Override
  public int unit() {
    return block();
  }

  /** Returns the number of scales that a matrix needs, with the padding. */
  static long scales(long rows, long columns, int block) {
    return Math.multiplyExact(
        Math.multiplyExact(up(rows, TILE_ROWS), up(columns / block, TILE_COLUMNS)), TILE);
  }

  private static long up(long count, int tile) {
    return (count + tile - 1) / tile;
  }

  @Override
  public void read(StoredValues stored, long first, float[] values) throws IOException {
    widen(stored, first, values);
    float whole = isNvfp4() ? stored.factors(tensorScale.orElseThrow(), 0, 1)[0] : 1;
    int tiles = (int) up(columns / block(), TILE_COLUMNS);
    byte[] scales = {};
    long tileRow = -1;
    for (int at = 0; at < values.length; at += block()) {
      long row = (first + at) / columns;
      int column = (int) ((first + at) % columns / block());
      if (row / TILE_ROWS != tileRow) {
        tileRow = row / TILE_ROWS;
        scales = stored.bytes(scale, tileRow * tiles * TILE, tiles * TILE);
      }
      int inTile = (int) (row % TILE_ROWS);
      int place =
          column / TILE_COLUMNS * TILE
              + inTile % 32 * 16
              + inTile / 32 * TILE_COLUMNS
              + column % TILE_COLUMNS;
      float factor = stored.requireFinite(scale, factor(scales[place])) * whole;
      for (int i = at; i < at + block(); i++) {
        values[i] *= factor;
      }
    }
    if (inputScale.isPresent()) {
      multiplyInputs(stored.factors(inputScale.get(), 0, (int) columns), first, values);
    }
  }

  private void widen(StoredValues stored, long first, float[] values) throws IOException {
    if (!isNvfp4()) {
      ByteFormats.widen(weight.dtype(), stored.bytes(weight, first, values.length), values);
      return;
    }
    byte[] pairs = stored.bytes(weight, first / 2, values.length / 2);
    for (int i = 0; i < pairs.length; i++) {
      values[2 * i] = ByteFormats.fromE2m1(pairs[i] >> 4);
      values[2 * i + 1] = ByteFormats.fromE2m1(pairs[i]);
    }
  }

  private float factor(byte code) {
    return isNvfp4() ? ByteFormats.value(DType.F8_E4M3, code) : ByteFormats.fromE8m0(code);
  }

  private void multiplyInputs(float[] factors, long first, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors[(int) ((first + i) % columns)];
    }
  }
}
