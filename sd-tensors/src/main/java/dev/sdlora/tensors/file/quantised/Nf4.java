package dev.sdlora.tensors.file.quantised;

import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.entry.Widening;
import java.io.IOException;
import java.util.Optional;

/**
 * A weight in NF4 of bitsandbytes (Dettmers et al. 2023, "QLoRA"): 4 bits per element that index a
 * table, times the largest magnitude of each block. The magnitudes may themselves be quantised to 8
 * bits.
 *
 * @param weight bytes with two codes each, the first in the high half
 * @param elements the number of elements
 * @param block the number of elements in a block
 * @param magnitudes one for each block: floats, or bytes if {@code nested} is present
 * @param table the values of the 16 codes
 * @param nested describes the magnitudes if they are quantised
 */
record Nf4(
    TensorEntry weight,
    long elements,
    int block,
    TensorEntry magnitudes,
    TensorEntry table,
    Optional<Nested> nested)
    implements Widening {
  /** The number of codes of 4 bits. */
  static final int CODES = 16;

  /** The number of codes of 8 bits. */
  static final int NESTED_CODES = 256;

  /**
   * Magnitudes quantised to 8 bits: each is a value of the table, times the largest magnitude of
   * its block, plus an offset.
   *
   * @param block the number of magnitudes in a block
   * @param magnitudes one for each block
   * @param table the values of the 256 codes
   * @param offset the offset
   */
  record Nested(int block, TensorEntry magnitudes, TensorEntry table, float offset) {
    private float[] values(StoredValues stored, TensorEntry codes, long first, int count)
        throws IOException {
      byte[] bytes = stored.bytes(codes, first, count);
      float[] values = stored.factors(table, 0, NESTED_CODES);
      long from = first / block;
      float[] largest =
          stored.factors(magnitudes, from, (int) ((first + count - 1) / block - from + 1));
      float[] result = new float[count];
      for (int i = 0; i < count; i++) {
        result[i] = values[bytes[i] & 0xff] * largest[(int) ((first + i) / block - from)] + offset;
      }
      return result;
    }
  }

  @Override
  public int unit() {
    return 2;
  }

  @Override
  public void read(StoredValues stored, long first, float[] values) throws IOException {
    byte[] pairs = stored.bytes(weight, first / 2, (values.length + 1) / 2);
    float[] codes = stored.factors(table, 0, CODES);
    long from = first / block;
    int count = (int) ((first + values.length - 1) / block - from + 1);
    float[] largest =
        nested.isPresent()
            ? nested.get().values(stored, magnitudes, from, count)
            : stored.factors(magnitudes, from, count);
    int at = 0;
    while (at < values.length) {
      long inBlock = (first + at) % block;
      int end = (int) Math.min(values.length, at + block - inBlock);
      float factor = largest[(int) ((first + at) / block - from)];
      for (; at < end; at++) {
        int pair = pairs[at / 2];
        values[at] = codes[(at % 2 == 0 ? pair >> 4 : pair) & 0xf] * factor;
      }
    }
  }
}
