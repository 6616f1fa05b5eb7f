package dev.sdlora.lora.format;

import java.util.List;
import java.util.OptionalLong;

/**
 * How large a weight a module is made for, as far as its tensors tell.
 *
 * @param out rows of the weight seen as a matrix, its length if it is a norm or a bias
 * @param in columns of the weight seen as a matrix: input channels times the sides of the kernel
 * @param channels rows, or input channels; which of the two is not told by the shapes
 */
public record Extent(OptionalLong out, OptionalLong in, OptionalLong channels) {
  private static final OptionalLong UNTOLD = OptionalLong.empty();

  static Extent of(long out, long in) {
    return new Extent(OptionalLong.of(out), OptionalLong.of(in), UNTOLD);
  }

  static Extent rows(long out) {
    return new Extent(OptionalLong.of(out), UNTOLD, UNTOLD);
  }

  static Extent either(long channels) {
    return new Extent(UNTOLD, UNTOLD, OptionalLong.of(channels));
  }

  /** Whether a weight of this shape, [out], [out, in] or [out, in, k, k], can be meant. */
  public boolean fits(List<Long> shape) {
    long rows = shape.isEmpty() ? 1 : shape.get(0);
    long columns = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    long inputs = shape.size() > 1 ? shape.get(1) : rows;
    return out.orElse(rows) == rows
        && in.orElse(columns) == columns
        && (channels.orElse(rows) == rows || channels.orElse(inputs) == inputs);
  }

  /** Such as {@code a 48×40 matrix}. */
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
