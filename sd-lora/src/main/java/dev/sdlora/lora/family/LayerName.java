package dev.sdlora.lora.family;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a layer in a LoRA file, and its size as far as the file shows it.
 *
 * @param whole the name in the file
 * @param name the name without the trainer's prefix
 * @param rows the rows of the layer as a matrix
 * @param columns the columns of the layer as a matrix
 * @param down the shape of the first factor of a LoRA; empty for other kinds of adapters
 */
public record LayerName(
    String whole, String name, OptionalLong rows, OptionalLong columns, List<Long> down) {

  /**
   * The prefixes that trainers put before layer names; OpenCLIP's transformer is a text encoder.
   */
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?:base_model\\.model\\.|lora\\.|lora_unet[._]_?|lora_transformer[._]|lycoris[._]|oft_unet_"
              + "|(?:model\\.)?diffusion_model\\.|transformer\\.(?!resblocks|text_model)|unet\\.)*+");

  /** Copies the shape. */
  public LayerName {
    down = List.copyOf(down);
  }

  /** A layer with the prefix taken off its name. */
  public static LayerName of(
      String whole, OptionalLong rows, OptionalLong columns, List<Long> down) {
    Matcher prefix = PREFIX.matcher(whole);
    String name = whole.substring(prefix.lookingAt() ? prefix.end() : 0);
    return new LayerName(whole, name, rows, columns, down);
  }

  /** Whether the number of columns of the layer is known and satisfies a condition. */
  boolean hasWidth(LongPredicate condition) {
    return columns.stream().anyMatch(condition);
  }

  /** Whether the number of rows is to that of columns as two numbers. */
  boolean hasProportions(long out, long in) {
    return rows.orElse(0) * in == columns.orElse(-1) * out;
  }
}
