package dev.sdlora.lora.format;

import java.util.Optional;

/**
 * How the trainers write the three tensors of a module. Each style is told by its endings; the
 * layer's name is what stands before them.
 */
enum KeyStyle {
  /** kohya's sd-scripts and most files on Civitai. */
  KOHYA(".lora_down.weight", ".lora_up.weight"),
  /** PEFT, and diffusers since 0.22. */
  PEFT(".lora_A.weight", ".lora_B.weight"),
  /** PEFT with the name of the adapter left in. */
  PEFT_DEFAULT(".lora_A.default.weight", ".lora_B.default.weight"),
  /** diffusers before it used PEFT. */
  DIFFUSERS(".lora.down.weight", ".lora.up.weight"),
  /** The text encoder in the same files. */
  DIFFUSERS_TEXT(".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
  /** Attention processors of diffusers, where the layer is {@code processor.to_q}. */
  DIFFUSERS_PROCESSOR("_lora.down.weight", "_lora.up.weight");

  static final String ALPHA = ".alpha";

  private final String down;
  private final String up;

  KeyStyle(String down, String up) {
    this.down = down;
    this.up = up;
  }

  /** The layer of a tensor that is the first factor of a pair in some style. */
  static Optional<Pair> pairOf(String name) {
    for (KeyStyle style : values()) {
      if (name.endsWith(style.down)) {
        String key = name.substring(0, name.length() - style.down.length());
        return Optional.of(new Pair(key, name, key + style.up));
      }
    }
    return Optional.empty();
  }

  /** Whether a tensor is the second factor of a pair in some style. */
  static boolean isUp(String name) {
    for (KeyStyle style : values()) {
      if (name.endsWith(style.up)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The names that belong together.
   *
   * @param key the layer's name in the file
   * @param down the tensor with the first factor
   * @param up the tensor with the second factor
   */
  record Pair(String key, String down, String up) {}
}
