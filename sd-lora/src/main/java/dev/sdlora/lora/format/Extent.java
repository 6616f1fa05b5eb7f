package dev.sdlora.lora.format;

import java.util.List;
import java.util.OptionalLong;

/**
 * The size of the weight that a module changes, as far as its tensors define it.
 *
 * @param out the rows of the weight as a matrix; the length of a norm or a bias
 * @param in the columns of the weight as a matrix: input channels times the kernel's sides
 * @param channels the number of rows or of input channels, if the shapes do not show which of the
 *     two
 */
public record Extent(OptionalLong out, OptionalLong in, OptionalLong channels) {
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  static Extent of(long out, long in) {
    return new Extent(OptionalLong.of(out), OptionalLong.of(in), UNKNOWN);
  }

  static Extent rows(long out) {
    return new Extent(OptionalLong.of(out), UNKNOWN, UNKNOWN);
  }

  static Extent either(long channels) {
    return new Extent(UNKNOWN, UNKNOWN, OptionalLong.of(channels));
  }

  /** The size of a matrix with as many columns and other rows. */
  Extent withRows(long count) {
    return new Extent(OptionalLong.of(count), in, channels);
  }

  /** The size of a matrix with as many rows and other columns. */
  Extent withColumns(long count) {
    return new Extent(out, OptionalLong.of(count), channels);
  }

  /** Whether a weight of this shape, [out], [out, in] or [out, in, k, k], has this size. */
  public boolean fits(List<Long> shape) {
    long rows = shape.isEmpty() ? 1 : shape.get(0);
    long columns = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    long inputs = shape.size() > 1 ? shape.get(1) : rows;
    return out.orElse(rows) == rows
        && in.orElse(columns) == columns
        && (channels.orElse(rows) == rows || channels.orElse(inputs) == inputs);
  }

  /** For messages, such as {@code a 48×40 matrix}. */
  @Override
  public String toString() {
    if (out.isPresent() && in.isPresent()) {
      return "a %s×%s matrix".formatted(out.getAsLong(), in.getAsLong());
    }
    if (out.isPresent()) {
      return "%s rows".formatted(out.getAsLong());
    }
    return "%s rows or columns".formatted(channels.orElse(0));
  }
}
