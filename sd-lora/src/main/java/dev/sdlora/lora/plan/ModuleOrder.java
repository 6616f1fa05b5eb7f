package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.NumberedKey;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The order in which diffusers and transformers create the modules of a network, for files that
 * number layers instead of naming them ({@link NumberedKey}). A U-Net creates its up path before
 * its middle and attentions before residual blocks; CLIP's attention creates k, v, q in this order.
 */
final class ModuleOrder {
  /**
   * The children of all kinds of parents in order; one list suffices, because no two parents
   * conflict.
   */
  private static final List<String> CHILDREN =
      List.of(
          "conv_in",
          "time_embedding",
          "down_blocks",
          "up_blocks",
          "mid_block",
          "conv_norm_out",
          "conv_out",
          "attentions",
          "resnets",
          "downsamplers",
          "upsamplers",
          "norm",
          "proj_in",
          "transformer_blocks",
          "proj_out",
          "attn1",
          "ff",
          "attn2",
          "to_q",
          "to_k",
          "to_v",
          "to_out",
          "norm1",
          "conv1",
          "time_emb_proj",
          "norm2",
          "conv2",
          "conv_shortcut",
          "self_attn",
          "layer_norm1",
          "mlp",
          "k_proj",
          "v_proj",
          "q_proj",
          "out_proj",
          "fc1",
          "fc2");

  private static final Map<String, Pattern> CLASSES =
      Map.of(
          "CrossAttention", Pattern.compile(".*\\.attn[12]\\..*"),
          "Attention", Pattern.compile(".*\\.attn[12]\\..*"),
          "GEGLU", Pattern.compile(".*\\.ff\\.net\\.0\\..*"),
          "ResnetBlock2D", Pattern.compile(".*\\.resnets\\.\\d+\\..*"),
          "CLIPAttention", Pattern.compile(".*\\.self_attn\\..*"),
          "CLIPMLP", Pattern.compile(".*\\.mlp\\..*"));

  private ModuleOrder() {}

  /**
   * The layers that a file numbers, in the order of their numbers.
   *
   * @param layers all layers of the network
   * @param key any of the file's keys
   */
  static List<Layer> layers(Collection<Layer> layers, NumberedKey key) {
    List<Pattern> classes =
        key.classes().stream().filter(CLASSES::containsKey).map(CLASSES::get).toList();
    return layers.stream()
        .filter(layer -> isCounted(layer.shape().size(), key.convolutions()))
        .filter(
            layer -> classes.stream().anyMatch(inside -> inside.matcher(layer.weight()).matches()))
        .sorted(order(key.feedForwardLast()))
        .toList();
  }

  private static boolean isCounted(int dimensions, boolean convolutions) {
    return dimensions == 2 || (dimensions == 4 && convolutions);
  }

  private static Comparator<Layer> order(boolean feedForwardLast) {
    return (a, b) -> {
      String[] first = a.weight().split("\\.", -1);
      String[] second = b.weight().split("\\.", -1);
      for (int i = 0; i < Math.min(first.length, second.length); i++) {
        int order =
            Integer.compare(place(first[i], feedForwardLast), place(second[i], feedForwardLast));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(first.length, second.length);
    };
  }

  private static int place(String part, boolean feedForwardLast) {
    if (!part.isEmpty() && Character.isDigit(part.charAt(0))) {
      return Integer.parseInt(part);
    }
    return part.equals("ff") && feedForwardLast ? CHILDREN.size() : CHILDREN.indexOf(part);
  }
}
