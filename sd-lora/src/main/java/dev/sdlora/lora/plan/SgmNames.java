package dev.sdlora.lora.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that CompVis's code and Stability's sgm use for the layers of a U-Net. They number all
 * blocks consecutively, where diffusers numbers levels and the blocks within them.
 */
public final class SgmNames {
  private static final Pattern BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)\\.(.+)");

  private static final Map<String, String> FIXED =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "add_embedding.linear_1", "label_emb.0.0",
          "add_embedding.linear_2", "label_emb.0.2",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");

  private static final Map<String, String> MIDDLE =
      Map.of(
          "mid_block.resnets.0.", "middle_block.0.",
          "mid_block.attentions.0.", "middle_block.1.",
          "mid_block.resnets.1.", "middle_block.2.");

  private static final Map<String, String> RESNET_PARTS =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private final int perLevel;
  private final IntPredicate attention;

  /**
   * Creates the names of a U-Net.
   *
   * @param layers the number of residual blocks in each down level
   * @param attention whether an up level, counted from 0, has transformers
   */
  public SgmNames(int layers, IntPredicate attention) {
    this.perLevel = layers + 1;
    this.attention = attention;
  }

  /**
   * The names of a U-Net's modules by their diffusers names, without modules that have no other
   * name. The number of blocks in a level and the levels with attention are derived from the list.
   */
  static Map<String, String> of(Set<String> modules) {
    int layers = 0;
    while (modules.contains("down_blocks.0.resnets." + layers + ".conv1")) {
      layers++;
    }
    SgmNames names =
        new SgmNames(
            layers, level -> modules.contains("up_blocks." + level + ".attentions.0.proj_in"));
    Map<String, String> all = new HashMap<>();
    for (String module : modules) {
      String name = names.name(module);
      if (!name.equals(module)) {
        all.put(module, name);
      }
    }
    return all;
  }

  /** The name of a module by its diffusers name; the diffusers name itself if there is no other. */
  public String name(String module) {
    Matcher block = BLOCK.matcher(module);
    if (block.matches()) {
      return block(block);
    }
    for (Map.Entry<String, String> stem : MIDDLE.entrySet()) {
      if (module.startsWith(stem.getKey())) {
        String rest = module.substring(stem.getKey().length());
        return stem.getValue() + RESNET_PARTS.getOrDefault(rest, rest);
      }
    }
    return FIXED.getOrDefault(module, module);
  }

  private String block(Matcher block) {
    boolean down = block.group(1).equals("down");
    int level = Integer.parseInt(block.group(2));
    int index = Integer.parseInt(block.group(4));
    String rest = block.group(5);
    // Input block 0 is conv_in, so the down levels begin at 1.
    int first = level * perLevel + (down ? 1 : 0);
    String row = down ? "input_blocks." : "output_blocks.";
    return switch (block.group(3)) {
      case "resnets" -> row + (first + index) + ".0." + RESNET_PARTS.getOrDefault(rest, rest);
      case "attentions" -> row + (first + index) + ".1." + rest;
      case "downsamplers" -> row + (first + perLevel - 1) + ".0.op";
      case "upsamplers" ->
          row + (first + perLevel - 1) + (attention.test(level) ? ".2." : ".1.") + rest;
      default -> block.group();
    };
  }
}
