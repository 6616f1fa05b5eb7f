package dev.sdlora.pipeline.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the CompVis latent diffusion code, which single-file checkpoints use. It numbers the
 * blocks of the U-Net in one row, where diffusers counts levels and blocks in them.
 */
final class LdmNames {
  static final String UNET = "model.diffusion_model.";
  static final String VAE = "first_stage_model.";
  static final String CLIP = "cond_stage_model.transformer.";

  private static final Pattern BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)(?:\\.conv)?\\.(.+)");
  private static final Pattern VAE_BLOCK =
      Pattern.compile(
          "(encoder|decoder)\\.(?:down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)(?:\\.conv)?\\.(.+)");
  private static final Pattern VAE_MIDDLE =
      Pattern.compile("(encoder|decoder)\\.mid_block\\.(\\w+)\\.(\\d)\\.(.+)");

  private static final Map<String, String> UNET_STEMS =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "mid_block.resnets.0", "middle_block.0",
          "mid_block.attentions.0", "middle_block.1",
          "mid_block.resnets.1", "middle_block.2",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");

  private static final Map<String, String> RESNET_PARTS =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private static final Map<String, String> VAE_ATTENTION_PARTS =
      Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out.0", "proj_out");

  private LdmNames() {}

  /**
   * Names of a U-Net.
   *
   * @param prefix of all its names
   * @param layers residual blocks in each level on the way down
   * @param depth transformer blocks of each level
   */
  static Names unet(String prefix, int layers, List<Integer> depth) {
    return name -> prefix + unetName(name, layers, depth);
  }

  private static String unetName(String name, int layers, List<Integer> depth) {
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      String stem = longestStem(name);
      String rest = name.substring(stem.length() + 1);
      return UNET_STEMS.get(stem) + "." + (stem.contains("resnets") ? resnetPart(rest) : rest);
    }
    boolean down = block.group(1).equals("down");
    int level = Integer.parseInt(block.group(2));
    int index = Integer.parseInt(block.group(4));
    String rest = block.group(5);
    // Block 0 of the way down is conv_in; each level there ends in a block for the downsampler.
    int start = level * (layers + 1) + (down ? 1 : 0);
    String row = down ? "input_blocks." : "output_blocks.";
    return switch (block.group(3)) {
      case "resnets" -> row + (start + index) + ".0." + resnetPart(rest);
      case "attentions" -> row + (start + index) + ".1." + rest;
      case "downsamplers" -> row + (start + layers) + ".0.op." + rest;
      case "upsamplers" -> {
        boolean attention = depth.get(depth.size() - 1 - level) > 0;
        yield row + (start + layers) + (attention ? ".2.conv." : ".1.conv.") + rest;
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String longestStem(String name) {
    return UNET_STEMS.keySet().stream()
        .filter(stem -> name.startsWith(stem + "."))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name));
  }

  private static String resnetPart(String rest) {
    return rename(rest, RESNET_PARTS);
  }

  /** Names of a VAE, whose decoder levels are numbered from the largest picture. */
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
          : middle.group(1) + ".mid.attn_1." + rename(rest, VAE_ATTENTION_PARTS);
    }
    return name.replace(".conv_norm_out.", ".norm_out.");
  }

  private static String vaeResnetPart(String rest) {
    return rest.replace("conv_shortcut.", "nin_shortcut.");
  }

  /** Replaces all of a name but its last part. */
  private static String rename(String rest, Map<String, String> parts) {
    int dot = rest.lastIndexOf('.');
    String part = parts.get(rest.substring(0, dot));
    if (part == null) {
      throw new IllegalArgumentException(rest);
    }
    return part + rest.substring(dot);
  }
}
