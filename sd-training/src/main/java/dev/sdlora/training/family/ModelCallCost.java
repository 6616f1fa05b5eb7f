package dev.sdlora.training.family;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.weights.Origin;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The number of multiplications in a call of a denoiser, from the shapes of its weights. */
public final class ModelCallCost {
  /** The number of tokens of a caption. */
  private static final double TEXT = 77;

  private static final Pattern LEVEL = Pattern.compile("^(down|up)_blocks\\.(\\d+)\\.");
  private static final Pattern OF_TEXT = Pattern.compile(".*attn2\\.to_[kv]\\..*");
  private static final Pattern OF_TIME = Pattern.compile(".*(time_emb|add_emb).*");
  private static final Pattern QUERY = Pattern.compile(".*(to_q|to_qkv|to_qkv_mlp_proj)\\.weight");

  private final Map<String, Origin> weights;
  private final double latent;
  private final int levels;

  private ModelCallCost(ModelFiles model, ImageSize size) {
    this.weights = model.patchable().getOrDefault(Network.UNET, Map.of());
    int factor = model.vae().config().factor();
    this.latent = (double) size.width() * size.height() / factor / factor;
    int count = 0;
    while (weights.containsKey("down_blocks." + count + ".resnets.0.conv1.weight")) {
      count++;
    }
    this.levels = count;
  }

  /** The multiplications for one image. */
  public static double of(ModelFiles model, ImageSize size) {
    ModelCallCost cost = new ModelCallCost(model, size);
    return cost.weights.entrySet().stream()
        .mapToDouble(weight -> cost.of(weight.getKey(), weight.getValue().shape()))
        .sum();
  }

  private double of(String name, List<Long> shape) {
    if (shape.size() < 2) {
      return 0;
    }
    double positions = positions(name);
    double products =
        positions * shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    if (QUERY.matcher(name).matches()) {
      // Queries by keys, and the result by values.
      double width = Math.min(shape.get(0), shape.get(1));
      products += 2 * positions * (name.contains("attn2") ? TEXT : positions) * width;
    }
    return products;
  }

  /** The positions that a layer is applied to: those of a U-Net's level, or tokens. */
  private double positions(String name) {
    if (OF_TIME.matcher(name).matches()) {
      return 1;
    }
    if (OF_TEXT.matcher(name).matches()) {
      return TEXT;
    }
    if (levels == 0) {
      // Transformers read patches of 2 x 2 positions and, next to them, the tokens of the caption.
      return latent / 4 + TEXT;
    }
    Matcher matcher = LEVEL.matcher(name);
    int level = name.startsWith("mid_block") ? levels - 1 : 0;
    if (matcher.find()) {
      int block = Integer.parseInt(matcher.group(2));
      level = matcher.group(1).equals("down") ? block : levels - 1 - block;
    }
    if (name.contains("upsamplers")) {
      level--;
    }
    return latent / Math.pow(4, level + (name.contains("downsamplers") ? 1 : 0));
  }
}
