package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.emoji.Style;
import dev.sdlora.training.option.SliderPrompts;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The LoRAs of the bundled model, each with the measure that its weight changes. */
enum EmojiLora {
  /** Things rendered in 3D with lighting. */
  FLUENT_3D("fluent_3d", Style.FLUENT_3D),
  /** Things in another artist's style. */
  NOTO("noto", Style.NOTO),
  /** Line art: the high-contrast drawings. */
  INK_LINES("ink_lines", Style.HIGH_CONTRAST),
  /** A slider: more detail at positive weights, less at negative ones. */
  DETAIL("detail_slider", "high-frequency energy", null),
  /** Scenes at night; noise offset lets it change the mean of an image. */
  NIGHT("night", "mean luminance", null),
  /** A slider trained on prompts: larger things at positive weights, smaller at negative ones. */
  SIZE("size_slider", "share of the image that things cover", null),
  /** A figure that the base model has never seen, with a word unknown to it. */
  ZORP("zorp", "likeness to the figure", null);

  /** Things of many outlines, some on grounds, whose looks the slider of sizes keeps. */
  private static final List<String> SIZED =
      List.of(
          "cat",
          "house",
          "fox",
          "rocket",
          "apple",
          "dog",
          "car",
          "flower",
          "fish",
          "tree",
          "cake",
          "frog",
          "star",
          "umbrella",
          "guitar",
          "clock",
          "mushroom",
          "key",
          "bus",
          "bird on a white background",
          "heart on a black background",
          "crown on a green background",
          "boat on a yellow background",
          "duck on a purple background");

  private final String file;
  private final String measured;
  private final @Nullable Style style;

  EmojiLora(String file, Style style) {
    this(file, "way from base to style", style);
  }

  EmojiLora(String file, String measured, @Nullable Style style) {
    this.file = file;
    this.measured = measured;
    this.style = style;
  }

  static Optional<EmojiLora> named(String file) {
    return Arrays.stream(values()).filter(lora -> lora.file.equals(file)).findAny();
  }

  /** Returns the name in prompts, which is also the name of the file. */
  String file() {
    return file;
  }

  /** Returns the name of the measure of its effect. */
  String measured() {
    return measured;
  }

  /** Returns the prompts that it is trained on; empty if it is trained on images. */
  Optional<SliderPrompts> prompts() {
    return this == SIZE
        ? Optional.of(
            SliderPrompts.of("a {}", "a large {}", "a small {}").keeping(SIZED).withGuidance(0.4))
        : Optional.empty();
  }

  /** Returns the style whose drawings it learns from; empty if it is not a style. */
  Optional<Style> style() {
    return Optional.ofNullable(style);
  }
}
