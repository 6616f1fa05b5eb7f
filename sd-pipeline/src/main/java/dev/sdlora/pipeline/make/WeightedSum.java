package dev.sdlora.pipeline.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a merged checkpoint: {@code a·(1−m) + b·m}, or {@code a + (b−c)·m}. Computed in
 * double precision piece by piece, and rounded to float32 and to the dtype of the file.
 *
 * @param a the first checkpoint's tensor
 * @param b the second's tensor, of the same shape, except that a may have more input channels at
 *     the end
 * @param c the third's tensor, of the shape of b; null for the first formula
 * @param multiplier m
 */
record WeightedSum(StoredTensor a, StoredTensor b, @Nullable StoredTensor c, double multiplier) {
  /** The number of values processed at once. */
  private static final int PIECE = 1 << 16;

  /**
   * Upper bound for the smaller kernel, which is read whole; the first kernel of a U-Net has
   * 11,520.
   */
  private static final long MOST_OF_FEWER = 1 << 20;

  /** Whether a tensor is a kernel like another one, but with more input channels. */
  static boolean readsMore(StoredTensor one, StoredTensor other) {
    List<Long> more = one.shape();
    List<Long> fewer = other.shape();
    return more.size() == 4
        && fewer.size() == 4
        && more.get(0).equals(fewer.get(0))
        && more.get(1) > fewer.get(1)
        && other.elements() <= MOST_OF_FEWER
        && more.subList(2, 4).equals(fewer.subList(2, 4));
  }

  /** Writes the values with a dtype; copies the bytes if they are those of one checkpoint. */
  void writeTo(WritableByteChannel channel, OpenFiles files, DType format) throws IOException {
    StoredTensor whole = whole();
    if (whole != null && whole.isStoredAs(format)) {
      whole.writeTo(channel, files, format);
      return;
    }
    long elements = a.elements();
    for (long first = 0; first < elements; first += PIECE) {
      Cancellation.check();
      int count = (int) Math.min(PIECE, elements - first);
      float[] values = whole != null ? whole.floats(files, first, count) : sum(files, first, count);
      Baking.source(checked(values, format), format).writeTo(channel);
    }
  }

  /** Returns the tensor that equals the sum, if there is one. */
  private @Nullable StoredTensor whole() {
    if (multiplier == 0) {
      return a;
    }
    return multiplier == 1 && c == null && a.shape().equals(b.shape()) ? b : null;
  }

  private float[] sum(OpenFiles files, long first, int count) {
    float[] values = a.floats(files, first, count);
    if (a.shape().equals(b.shape())) {
      float[] added = b.floats(files, first, count);
      float[] taken = c == null ? values : c.floats(files, first, count);
      for (int i = 0; i < count; i++) {
        values[i] = sum(values[i], added[i], taken[i]);
      }
      return values;
    }
    float[] added = b.floats(files);
    float[] taken = c == null ? added : c.floats(files);
    for (int i = 0; i < count; i++) {
      int place = placeInFewer(first + i);
      if (place >= 0) {
        values[i] = sum(values[i], added[place], c == null ? values[i] : taken[place]);
      }
    }
    return values;
  }

  /** Returns the sum of values; the first formula ignores {@code taken}. */
  private float sum(double one, double added, double taken) {
    return (float)
        (c == null
            ? one * (1 - multiplier) + added * multiplier
            : one + (added - taken) * multiplier);
  }

  /** Returns the index in b of a value of a; -1 for a channel that b does not have. */
  private int placeInFewer(long place) {
    long kernel = a.shape().get(2) * a.shape().get(3);
    long channel = place / kernel % a.shape().get(1);
    long output = place / kernel / a.shape().get(1);
    long channels = b.shape().get(1);
    return channel < channels
        ? Math.toIntExact((output * channels + channel) * kernel + place % kernel)
        : -1;
  }

  /** Rejects values that only the dtype makes infinite. */
  private float[] checked(float[] values, DType format) {
    if (format == DType.F16) {
      for (float value : values) {
        if (Float.isFinite(value) && !Float.isFinite(Floats.fromHalf(Floats.toHalf(value)))) {
          throw new CheckpointException(
              "tensor '%s' would hold %s, which is too large for float16 (maximum 65504);"
                      .formatted(a.name(), value)
                  + " write bfloat16 or float32 instead",
              ErrorDetails.in(a.file().path()).withTensor(a.name()));
        }
      }
    }
    return values;
  }
}
