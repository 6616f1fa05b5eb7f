package dev.sdlora.lora.family;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The sign of a model in a LoRA file: a layer that satisfies a condition, and layers that together
 * satisfy a second one.
 */
record LayerSign(Predicate<LayerName> layer, Predicate<List<LayerName>> all) {
  LayerSign(Predicate<LayerName> layer) {
    this(layer, all -> true);
  }

  /** Matches names that contain one of the words; much faster than an unanchored pattern. */
  static Predicate<LayerName> inside(String... words) {
    return key -> Arrays.stream(words).anyMatch(key.whole()::contains);
  }

  /** Whether the name without the trainer's prefix begins so. */
  static Predicate<LayerName> atStart(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return key -> compiled.matcher(key.name()).lookingAt();
  }

  /** Whether the name without the trainer's prefix is so. */
  static Predicate<LayerName> matching(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return key -> compiled.matcher(key.name()).matches();
  }

  /** Whether a layer has a name and these proportions. */
  static Predicate<LayerName> sized(String pattern, long out, long in) {
    return matching(pattern).and(key -> key.hasProportions(out, in));
  }

  /** Whether the name in the file begins so. */
  static Predicate<LayerName> wholeAtStart(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return key -> compiled.matcher(key.whole()).lookingAt();
  }

  /** Whether a layer has as many columns as a model of one of these widths. */
  static Predicate<LayerName> width(long... widths) {
    return key -> key.hasWidth(in -> Arrays.stream(widths).anyMatch(width -> width == in));
  }

  /** Whether a condition holds for one of the layers. */
  static Predicate<List<LayerName>> any(Predicate<LayerName> key) {
    return layers -> layers.stream().anyMatch(key);
  }
}
