package dev.sdlora.api.setting;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Kinds that several settings have, and the boxes of optional numbers. */
final class Values {
  static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  static final Kind<Double> FRACTION = Kind.number(0, 1);
  static final Kind<Double> NOT_NEGATIVE = Kind.number(0, NO_LIMIT);
  static final Kind<Boolean> FLAG = Kind.flag();
  static final Kind<String> TEXT = Kind.text();
  static final Kind<ImageSize> SIZE = Kind.written(ImageSize::toString, ImageSize::parse);
  static final Kind<PixelSize> PIXELS = Kind.written(PixelSize::toString, PixelSize::parse);
  static final Kind<Sampler> SAMPLER =
      Kind.choice(List.of(Sampler.values()), Sampler::label, Sampler::parse);
  static final Kind<Schedule> SCHEDULE =
      Kind.choice(List.of(Schedule.values()), Schedule::label, Schedule::parse);

  private Values() {}

  static Optional<Double> boxed(OptionalDouble number) {
    return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
  }

  static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  static double[] numbers(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Checks that a list has two numbers. */
  static <T> List<T> pair(List<T> list) {
    if (list.size() != 2) {
      throw new IllegalArgumentException("must be two numbers: " + list);
    }
    return list;
  }

  static List<Integer> pair(int first, int second) {
    return Arrays.asList(first, second);
  }
}
