package dev.sdlora.lora.effect;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.lora.plan.Blocks;
import dev.sdlora.lora.plan.Network;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the blocks of networks in reports: the {@link Blocks} of a U-Net and its modules
 * outside of blocks, the layers of a text encoder, and the levels of a VAE's encoder and decoder.
 */
final class BlockNames {
  private static final Pattern TEXT_LAYER = Pattern.compile("(?:.*\\.)?layers\\.(\\d+)\\..*");

  private static final Pattern VAE_LEVEL =
      Pattern.compile("(encoder|decoder)\\.(?:(?:down|up)_blocks\\.(\\d+)|mid_block)\\..*");

  private final Blocks blocks;

  /** Creates the names for networks with these weights. */
  BlockNames(Collection<String> weights) {
    this.blocks = new Blocks(weights);
  }

  /** The block of a weight, by its diffusers name. */
  String of(Network network, String weight) {
    return network == Network.UNET ? unet(weight) : text(weight);
  }

  private String unet(String weight) {
    String block = blocks.of(weight);
    int dot = weight.indexOf('.');
    return block.equals(BlockWeights.BASE) && dot > 0 ? weight.substring(0, dot) : block;
  }

  /** Converts a network, used in plans, to the part of the same name, used in the API. */
  static ModelPart part(Network network) {
    return ModelPart.valueOf(network.name());
  }

  /** The block of a weight of a VAE. */
  static String vae(String weight) {
    Matcher level = VAE_LEVEL.matcher(weight);
    if (level.matches()) {
      return level.group(1) + " " + (level.group(2) == null ? "mid" : level.group(2));
    }
    return weight.substring(0, weight.indexOf('.'));
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
