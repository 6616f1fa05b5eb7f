package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.lora.plan.SgmNames;
import dev.sdlora.pipeline.network.Transformers;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensor names of the CompVis latent diffusion code, which single-file checkpoints use. It
 * numbers all blocks of the U-Net consecutively, while diffusers counts levels and the blocks in
 * each level.
 */
final class LdmNames {
  static final String UNET = "model.diffusion_model.";
  static final String VAE = "first_stage_model.";
  static final String CLIP = "cond_stage_model.transformer.";

  private static final Pattern VAE_BLOCK =
      Pattern.compile(
          "(encoder|decoder)\\.(?:down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)(?:\\.conv)?\\.(.+)");
  private static final Pattern VAE_MIDDLE =
      Pattern.compile("(encoder|decoder)\\.mid_block\\.(\\w+)\\.(\\d)\\.(.+)");

  private static final Map<String, String> VAE_ATTENTION_PARTS =
      Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out.0", "proj_out");

  private LdmNames() {}

  /**
   * Returns the names of a U-Net.
   *
   * @param prefix the prefix of all names
   * @param layers residual blocks in each level of the encoder
   * @param transformers the number of transformer blocks at each position
   */
  static Names unet(String prefix, int layers, Transformers transformers) {
    // A module after the last block of a level is numbered after that block's transformers.
    SgmNames modules =
        new SgmNames(
            layers,
            level ->
                level < transformers.up().size() && transformers.up().get(level).get(layers) > 0);
    return name -> {
      int dot = name.lastIndexOf('.');
      return prefix + modules.name(name.substring(0, dot)) + name.substring(dot);
    };
  }

  /** Returns the names of a VAE. Its decoder levels are numbered from the largest image down. */
  static Names vae(int levels) {
    return name -> VAE + vaeName(name, levels);
  }

  private static String vaeName(String name, int levels) {
    Matcher block = VAE_BLOCK.matcher(name);
    if (block.matches()) {
      boolean encoder = block.group(1).equals("encoder");
      int level = Integer.parseInt(block.group(2));
      String row = encoder ? "encoder.down." + level : "decoder.up." + (levels - 1 - level);
      String rest = block.group(5);
      return switch (block.group(3)) {
        case "resnets" -> row + ".block." + block.group(4) + "." + vaeResnetPart(rest);
        case "downsamplers" -> row + ".downsample.conv." + rest;
        case "upsamplers" -> row + ".upsample.conv." + rest;
        default -> throw new IllegalArgumentException(name);
      };
    }
    Matcher middle = VAE_MIDDLE.matcher(name);
    if (middle.matches()) {
      int index = Integer.parseInt(middle.group(3));
      String rest = middle.group(4);
      return middle.group(2).equals("resnets")
          ? middle.group(1) + ".mid.block_" + (index + 1) + "." + vaeResnetPart(rest)
          : middle.group(1) + ".mid.attn_1." + vaeAttentionPart(rest);
    }
    return name.replace(".conv_norm_out.", ".norm_out.");
  }

  private static String vaeResnetPart(String rest) {
    return rest.replace("conv_shortcut.", "nin_shortcut.");
  }

  private static String vaeAttentionPart(String rest) {
    int dot = rest.lastIndexOf('.');
    String part = VAE_ATTENTION_PARTS.get(rest.substring(0, dot));
    if (part == null) {
      throw new IllegalArgumentException(rest);
    }
    return part + rest.substring(dot);
  }
}
