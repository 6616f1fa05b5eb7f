package dev.sdlora.lora.format;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits the name of a tensor into its layer and its part. Supports the endings of kohya's
 * sd-scripts and LyCORIS, of PEFT with and without the name of the adapter, and of diffusers before
 * it used PEFT (attention processors, {@code .lora.down}, {@code .lora_linear_layer.down}).
 */
final class KeyEndings {
  /** The endings of kohya and LyCORIS, those of kohya also without {@code .weight}. */
  private static final Map<String, Part> ENDINGS = endings();

  /** The largest number of dots in an ending of that list. */
  private static final int ENDING_DOTS = 2;

  private static final Pattern PEFT =
      Pattern.compile(
          "(.+)\\.(lora_A|lora_B|lora_magnitude_vector)(?:\\.(?!bias$)[^.]+)?(?:\\.weight)?");

  /** A bias of the second factor, PEFT's {@code lora_bias}. */
  private static final Pattern PEFT_BIAS = Pattern.compile("(.+)\\.lora_B(?:\\.[^.]+)?\\.bias");

  private static final Pattern DIFFUSERS =
      Pattern.compile("(.+)(?:_lora|\\.lora|\\.lora_linear_layer)\\.(down|up)(?:\\.weight)?");

  /** XLabs' processors of FLUX.1, which have a number for each of the two streams. */
  private static final Pattern XLABS =
      Pattern.compile("(.+\\.processor\\.(?:qkv|proj)_lora[12])\\.(down|up)(?:\\.weight)?");

  /**
   * The {@code network_alphas} of diffusers' converters, which leave parts of other names in them.
   */
  private static final Pattern NETWORK_ALPHA =
      Pattern.compile(
          "(.+?)(?:_lora|\\.lora(?:_linear_layer|_A|_B)?)(?:\\.(?:down|up))?(?:\\.weight)?\\.alpha");

  private static final Pattern NUMBERED = Pattern.compile("(\\w+:\\d+):(up|down)");

  private KeyEndings() {}

  /**
   * The components of a tensor's name.
   *
   * @param key the layer's name in the file
   * @param part the part of the layer's module that the tensor is
   */
  record Piece(String key, Part part) {}

  private static Map<String, Part> endings() {
    Map<String, Part> endings = new HashMap<>();
    for (Part part : Part.values()) {
      endings.put("." + part.ending(), part);
    }
    endings.put(".lora_down", Part.LORA_DOWN);
    endings.put(".lora_up", Part.LORA_UP);
    return endings;
  }

  /** Splits the name of a tensor; empty if it does not look like an adapter's. */
  static Optional<Piece> cut(String name) {
    if (name.contains("lora_A") || name.contains("lora_B") || name.contains("lora_magnitude")) {
      Matcher peft = PEFT.matcher(name);
      if (peft.matches()) {
        return Optional.of(new Piece(peft.group(1), peftPart(peft.group(2))));
      }
      Matcher bias = PEFT_BIAS.matcher(name);
      if (bias.matches()) {
        return Optional.of(new Piece(bias.group(1), Part.LORA_BIAS));
      }
    }
    if (name.endsWith(".alpha") && (name.contains("_lora") || name.contains(".lora"))) {
      Matcher alpha = NETWORK_ALPHA.matcher(name);
      if (alpha.matches()) {
        return Optional.of(new Piece(alpha.group(1), Part.ALPHA));
      }
    }
    if (name.contains("lora.") || name.contains("lora_linear_layer.")) {
      Matcher diffusers = DIFFUSERS.matcher(name);
      if (diffusers.matches()) {
        return Optional.of(new Piece(diffusers.group(1), downOrUp(diffusers.group(2))));
      }
    }
    if (name.contains("_lora1.") || name.contains("_lora2.")) {
      Matcher xlabs = XLABS.matcher(name);
      if (xlabs.matches()) {
        return Optional.of(new Piece(xlabs.group(1), downOrUp(xlabs.group(2))));
      }
    }
    if (name.indexOf(':') >= 0) {
      Matcher numbered = NUMBERED.matcher(name);
      if (numbered.matches()) {
        return Optional.of(new Piece(numbered.group(1), downOrUp(numbered.group(2))));
      }
    }
    return plain(name);
  }

  private static Part peftPart(String ending) {
    return switch (ending) {
      case "lora_A" -> Part.LORA_DOWN;
      case "lora_B" -> Part.LORA_UP;
      default -> Part.DORA_SCALE;
    };
  }

  private static Part downOrUp(String word) {
    return word.equals("down") ? Part.LORA_DOWN : Part.LORA_UP;
  }

  /** Splits off the longest ending of the list that matches. */
  private static Optional<Piece> plain(String name) {
    Optional<Piece> found = Optional.empty();
    int dot = name.length();
    for (int i = 0; i < ENDING_DOTS; i++) {
      dot = name.lastIndexOf('.', dot - 1);
      if (dot <= 0) {
        break;
      }
      Part part = ENDINGS.get(name.substring(dot));
      if (part != null) {
        found = Optional.of(new Piece(name.substring(0, dot), part));
      }
    }
    return found;
  }

  /** The name of the other factor of a pair, given the name of one. */
  static String counterpart(String name) {
    String[][] pairs = {
      {"lora_down", "lora_up"}, {"lora_A", "lora_B"}, {".down", ".up"}, {":down", ":up"}
    };
    for (String[] pair : pairs) {
      for (int i = 0; i < 2; i++) {
        int at = name.lastIndexOf(pair[i]);
        if (at >= 0) {
          return name.substring(0, at) + pair[1 - i] + name.substring(at + pair[i].length());
        }
      }
    }
    return name;
  }
}
