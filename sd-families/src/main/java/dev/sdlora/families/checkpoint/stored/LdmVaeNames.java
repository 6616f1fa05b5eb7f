package dev.sdlora.families.checkpoint.stored;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensor names of VAEs in the CompVis latent diffusion code, which single files use. */
public final class LdmVaeNames {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(encoder|decoder)\\.(?:down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)(?:\\.conv)?\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("(encoder|decoder)\\.mid_block\\.(\\w+)\\.(\\d)\\.(.+)");

  private static final Map<String, String> ATTENTION_PARTS =
      Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out.0", "proj_out");

  private LdmVaeNames() {}

  /**
   * Returns the name in a file, without a prefix.
   *
   * @param name diffusers' name
   * @param levels the number of levels; those of the decoder are numbered from the largest image
   *     down
   */
  public static String inFile(String name, int levels) {
    Matcher block = BLOCK.matcher(name);
    if (block.matches()) {
      boolean encoder = block.group(1).equals("encoder");
      int level = Integer.parseInt(block.group(2));
      String row = encoder ? "encoder.down." + level : "decoder.up." + (levels - 1 - level);
      String rest = block.group(5);
      return switch (block.group(3)) {
        case "resnets" -> row + ".block." + block.group(4) + "." + resnetPart(rest);
        case "downsamplers" -> row + ".downsample.conv." + rest;
        case "upsamplers" -> row + ".upsample.conv." + rest;
        default -> throw new IllegalArgumentException(name);
      };
    }
    Matcher middle = MIDDLE.matcher(name);
    if (middle.matches()) {
      int index = Integer.parseInt(middle.group(3));
      String rest = middle.group(4);
      return middle.group(2).equals("resnets")
          ? middle.group(1) + ".mid.block_" + (index + 1) + "." + resnetPart(rest)
          : middle.group(1) + ".mid.attn_1." + attentionPart(rest);
    }
    return name.replace(".conv_norm_out.", ".norm_out.");
  }

  private static String resnetPart(String rest) {
    return rest.replace("conv_shortcut.", "nin_shortcut.");
  }

  private static String attentionPart(String rest) {
    int dot = rest.lastIndexOf('.');
    String part = ATTENTION_PARTS.get(rest.substring(0, dot));
    if (part == null) {
      throw new IllegalArgumentException(rest);
    }
    return part + rest.substring(dot);
  }
}
