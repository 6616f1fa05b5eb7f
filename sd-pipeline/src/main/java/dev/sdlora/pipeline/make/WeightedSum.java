package dev.sdlora.pipeline.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.lora.make.Baking;
import dev.sdlora.tensors.file.Cancellation;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.Floats;
import dev.sdlora.tensors.file.OpenFiles;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a merged checkpoint: {@code a·(1−m) + b·m}, or {@code a + (b−c)·m}. Computed in
 * double precision piece by piece, and rounded to float32 and to the format of the file.
 *
 * @param a the first checkpoint's
 * @param b the second's, of the same shape but for input channels that only a has, the last ones
 * @param c the third's, of the shape of b; null for the first formula
 * @param multiplier m
 */
record WeightedSum(StoredTensor a, StoredTensor b, @Nullable StoredTensor c, double multiplier) {
  /** Numbers worked on at once. */
  private static final int PIECE = 1 << 16;

  /** Numbers of the smaller kernel, all of which are read; a U-Net's first has 11,520. */
  private static final long MOST_OF_FEWER = 1 << 20;

  /** Whether a tensor is a kernel that reads more channels than another that is like it. */
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

  /** Writes its numbers in a format; where they are those of one checkpoint, its bytes. */
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

  /** The tensor that the sum is, if it is one of them. */
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

  /** The sum of numbers; in the first formula what is taken away is the first number. */
  private float sum(double one, double added, double taken) {
    return (float)
        (c == null
            ? one * (1 - multiplier) + added * multiplier
            : one + (added - taken) * multiplier);
  }

  /** Where a number of a lies in b, which has fewer channels; -1 for one of the other channels. */
  private int placeInFewer(long place) {
    long kernel = a.shape().get(2) * a.shape().get(3);
    long channel = place / kernel % a.shape().get(1);
    long output = place / kernel / a.shape().get(1);
    long channels = b.shape().get(1);
    return channel < channels
        ? Math.toIntExact((output * channels + channel) * kernel + place % kernel)
        : -1;
  }

  /** Refuses what only the format makes infinite. */
  private float[] checked(float[] values, DType format) {
    if (format == DType.F16) {
      for (float value : values) {
        if (Float.isFinite(value) && !Float.isFinite(Floats.fromHalf(Floats.toHalf(value)))) {
          throw new CheckpointException(
              "tensor '%s' would hold %s, which is too large for float16; expected at most 65504, so"
                      .formatted(a.name(), value)
                  + " write bfloat16 or float32",
              ErrorDetails.in(a.file().path()).withTensor(a.name()));
        }
      }
    }
    return values;
  }
}
