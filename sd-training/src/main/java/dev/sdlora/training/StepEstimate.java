package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.training.option.TrainingPrecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An estimate of a training step.
 *
 * @param bytes the peak memory of the process during the steps, without trained text encoders
 * @param forwardCalls the time of a step in plain model calls with the same batch and precision
 */
record StepEstimate(long bytes, double forwardCalls) {
  /** The JVM, libtorch, and trained factors with their averages. */
  private static final double BASE = 0.8e9;

  /** The tensors that a layer keeps for gradients, in multiples of its inputs and outputs. */
  private static final double KEPT = 1.3;

  /** The parts whose inner values are computed again together. */
  private static final Pattern SEGMENT =
      Pattern.compile("^\\w+\\.\\d+(?:\\.\\w+\\.\\d+)?|^mid_block\\.\\w+\\.\\d+");

  private static final Pattern LEVEL = Pattern.compile("^(down|up)_blocks\\.(\\d+)\\.");

  /** Estimates a step of a batch of images of one size. */
  static StepEstimate of(
      ModelFiles model, ImageSize size, Recipe.Computation computation, int batchSize) {
    Map<String, Origin> weights = model.patchable().getOrDefault(Network.UNET, Map.of());
    double number = computation.precision() == TrainingPrecision.FLOAT32 ? 4 : 2;
    double stored = computation.precision() == TrainingPrecision.INT8 ? 1 : number;
    Map<String, Double> segments = new LinkedHashMap<>();
    double outputs = 0;
    double all = 0;
    for (Map.Entry<String, Origin> weight : weights.entrySet()) {
      List<Long> shape = weight.getValue().shape();
      if (shape.size() < 2) {
        continue;
      }
      double positions = positions(weight.getKey(), levels(weights), model, size);
      double kept = KEPT * (shape.get(0) + shape.get(1)) * positions;
      all += kept;
      if (segments.merge(segment(weight.getKey()), kept, Double::sum) == kept) {
        outputs += shape.get(0) * positions;
      }
    }
    double largest = segments.values().stream().mapToDouble(kept -> kept).max().orElse(0);
    double activations = computation.checkpointing() ? largest + outputs : all;
    return new StepEstimate(
        (long) (BASE + stored * model.size() + number * batchSize * activations),
        computation.checkpointing() ? 4.2 : 3.2);
  }

  private static String segment(String weight) {
    Matcher matcher = SEGMENT.matcher(weight);
    return matcher.find() ? matcher.group() : "";
  }

  private static int levels(Map<String, Origin> weights) {
    int levels = 0;
    while (weights.containsKey("down_blocks." + levels + ".resnets.0.conv1.weight")) {
      levels++;
    }
    return levels;
  }

  /** The positions that a layer is applied to: those of a U-Net's level, or a model's tokens. */
  private static double positions(String weight, int levels, ModelFiles model, ImageSize size) {
    double latent =
        (double) size.width() * size.height() / Math.pow(model.vae().config().factor(), 2);
    if (levels == 0) {
      return latent / 4;
    }
    Matcher matcher = LEVEL.matcher(weight);
    int level = weight.startsWith("mid_block") ? levels - 1 : 0;
    if (matcher.find()) {
      int number = Integer.parseInt(matcher.group(2));
      level = matcher.group(1).equals("down") ? number : levels - 1 - number;
    }
    return latent / Math.pow(4, level);
  }
}
