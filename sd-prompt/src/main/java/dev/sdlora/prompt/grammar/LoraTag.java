package dev.sdlora.prompt.grammar;

import dev.sdlora.api.PromptSyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a tag {@code <lora:name:te:unet>} asks for. The first weight is 1 when left out, the second
 * is the first when left out; {@code te=} and {@code unet=} name them. Spaces around the name, the
 * weights and their names do not count.
 *
 * @param name what the LoRA is called
 * @param textEncoderStrength multiplier of its part in the text encoder, finite
 * @param unetStrength multiplier of its part in the U-Net, finite
 * @param offset where the tag starts in the prompt, in characters from 0
 */
public record LoraTag(String name, double textEncoderStrength, double unetStrength, int offset) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  /**
   * Reads a tag of the kind {@code lora}, or {@code lyco}, which means the same.
   *
   * @return empty if the tag is of another kind
   * @throws PromptSyntaxException if the tag has no name, a weight that is no finite number, or an
   *     argument that has no meaning
   */
  public static Optional<LoraTag> of(ExtraNetwork network) {
    return switch (network.kind()) {
      case "lora", "lyco" -> Optional.of(read(network));
      default -> Optional.empty();
    };
  }

  private static LoraTag read(ExtraNetwork network) {
    List<String> positional = network.positional();
    if (positional.size() > 4) {
      throw error(network, "has " + positional.size() + " arguments, but at most 3 are known");
    }
    if (positional.size() == 4) {
      throw noRankTruncation(network);
    }
    double textEncoder = positional.size() > 1 ? number(network, positional.get(1)) : 1;
    String namedUnet = null;
    for (Map.Entry<String, String> argument : network.named().entrySet()) {
      String key = Characters.strip(argument.getKey());
      switch (key) {
        case "te" -> textEncoder = number(network, argument.getValue());
        case "unet" -> namedUnet = argument.getValue();
        case "dyn" -> throw noRankTruncation(network);
        default ->
            throw error(network, "names an argument '" + key + "'; the known ones are te and unet");
      }
    }
    double unet = positional.size() > 2 ? number(network, positional.get(2)) : textEncoder;
    if (namedUnet != null) {
      unet = number(network, namedUnet);
    }
    String name = positional.isEmpty() ? "" : Characters.strip(positional.get(0));
    if (name.isEmpty()) {
      throw error(network, "has no name; write <lora:name:weight>");
    }
    return new LoraTag(name, textEncoder, unet, network.offset());
  }

  private static double number(ExtraNetwork network, String written) {
    String text = Characters.strip(written);
    if (!NUMBER.matcher(text).matches()) {
      throw error(network, "has the weight '" + text + "', which is not a number such as 0.8");
    }
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw error(network, "has the weight '" + text + "', which is too large");
    }
    return value;
  }

  private static PromptSyntaxException noRankTruncation(ExtraNetwork network) {
    return error(network, "asks for rank truncation (dyn), which is not supported by this version");
  }

  private static PromptSyntaxException error(ExtraNetwork network, String trouble) {
    return new PromptSyntaxException(
        "the tag " + network.tag() + " at character " + network.offset() + " " + trouble,
        network.offset());
  }
}
