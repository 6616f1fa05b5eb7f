package dev.sdlora.lora.effect;

import dev.sdlora.lora.plan.Network;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names under which people know the blocks of networks: for a U-Net the numbers that
 * Stability's code gives to them, which is how block weights are written (26 for SD 1.x, 20 for
 * SDXL).
 */
final class BlockNames {
  private static final Pattern UNET_BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d+)\\.([a-z]+)\\.(\\d+)\\..*");
  private static final Pattern FIRST_LEVEL =
      Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\..*");
  private static final Pattern TEXT_LAYER = Pattern.compile("(?:.*\\.)?layers\\.(\\d+)\\..*");

  /** Residual blocks on each level of the U-Net's way down; there is one more on the way up. */
  private final int layers;

  /** The names for networks with these weights. */
  BlockNames(Collection<String> weights) {
    this.layers =
        weights.stream()
            .map(FIRST_LEVEL::matcher)
            .filter(Matcher::matches)
            .mapToInt(matcher -> Integer.parseInt(matcher.group(1)) + 1)
            .max()
            .orElse(0);
  }

  /** The block of a weight, by its name in diffusers. */
  String of(Network network, String weight) {
    return network == Network.UNET ? unet(weight) : text(weight);
  }

  private String unet(String weight) {
    Matcher block = UNET_BLOCK.matcher(weight);
    if (!block.matches()) {
      String outside = weight.substring(0, weight.indexOf('.'));
      return switch (outside) {
        case "conv_in" -> "IN00";
        case "mid_block" -> "MID";
        default -> outside;
      };
    }
    int level = Integer.parseInt(block.group(2)) * (layers + 1);
    int place = Integer.parseInt(block.group(4));
    return switch (block.group(3)) {
      case "downsamplers" -> String.format(Locale.ROOT, "IN%02d", level + layers + 1);
      case "upsamplers" -> String.format(Locale.ROOT, "OUT%02d", level + layers);
      default ->
          block.group(1).equals("down")
              ? String.format(Locale.ROOT, "IN%02d", level + place + 1)
              : String.format(Locale.ROOT, "OUT%02d", level + place);
    };
  }

  private static String text(String weight) {
    Matcher layer = TEXT_LAYER.matcher(weight);
    if (layer.matches()) {
      return "layer " + layer.group(1);
    }
    String inside = weight.replaceFirst("^text_model\\.", "");
    return inside.substring(0, Math.max(0, inside.indexOf('.')));
  }
}
