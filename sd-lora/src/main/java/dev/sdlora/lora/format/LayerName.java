package dev.sdlora.lora.format;

import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a layer.
 *
 * @param whole the name in the file
 * @param name the name without the trainer's prefix
 * @param module the module for the layer
 */
record LayerName(String whole, String name, LoraModule module) {

  /**
   * The prefixes that trainers put before layer names; OpenCLIP's transformer is a text encoder.
   */
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?:base_model\\.model\\.|lora\\.|lora_unet[._]_?|lora_transformer[._]|lycoris[._]|oft_unet_"
              + "|(?:model\\.)?diffusion_model\\.|transformer\\.(?!resblocks|text_model)|unet\\.)*+");

  static LayerName of(LoraModule module) {
    Matcher prefix = PREFIX.matcher(module.key());
    int end = prefix.lookingAt() ? prefix.end() : 0;
    return new LayerName(module.key(), module.key().substring(end), module);
  }

  /** Whether the number of columns of the layer is known and satisfies a condition. */
  boolean hasWidth(LongPredicate condition) {
    return module.extent().in().stream().anyMatch(condition);
  }
}
