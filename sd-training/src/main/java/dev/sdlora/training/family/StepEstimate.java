package dev.sdlora.training.family;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.Recipe;
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
public record StepEstimate(long bytes, double forwardCalls) {
  /** The JVM, libtorch, and trained factors with their averages. */
  private static final double BASE = 0.8e9;

  /** The tensors that a layer keeps for gradients, in multiples of its inputs and outputs. */
  private static final double KEPT = 1.3;

  /** The times of steps in calls with plain weights: 2.7 measured on SD 1.5 at 512² in bfloat16. */
  private static final double CALLS = 2.7;

  private static final double CALLS_AGAIN = 3.7;

  /** The parts whose inner values are computed again together. */
  private static final Pattern SEGMENT =
      Pattern.compile("^\\w+\\.\\d+(?:\\.\\w+\\.\\d+)?|^mid_block\\.\\w+\\.\\d+");

  private static final Pattern LEVEL = Pattern.compile("^(down|up)_blocks\\.(\\d+)\\.");

  /** Estimates a step of a batch of images of one size. */
  public static StepEstimate of(
      ModelFiles model, ImageSize size, Recipe.Computation computation, int batchSize) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    model
        .patchable()
        .getOrDefault(Network.UNET, Map.of())
        .forEach((name, origin) -> shapes.put(name, origin.shape()));
    double side = model.vae().config().factor();
    return of(shapes, size.width() / side * size.height() / side, computation, batchSize);
  }

  /**
   * Estimates a step.
   *
   * @param weights the shapes of the denoiser's weights, by name
   * @param positions the positions of a latent
   */
  public static StepEstimate of(
      Map<String, List<Long>> weights,
      double positions,
      Recipe.Computation computation,
      int batchSize) {
    double number = computation.precision() == TrainingPrecision.FLOAT32 ? 4 : 2;
    double stored = computation.precision() == TrainingPrecision.INT8 ? 1 : number;
    int levels = levels(weights);
    Map<String, Double> segments = new LinkedHashMap<>();
    double outputs = 0;
    double all = 0;
    double elements = 0;
    for (Map.Entry<String, List<Long>> weight : weights.entrySet()) {
      List<Long> shape = weight.getValue();
      elements += shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
      if (shape.size() > 1) {
        double places = positions(weight.getKey(), levels, positions);
        double kept = KEPT * (shape.get(0) + shape.get(1)) * places;
        all += kept;
        String segment = segment(weight.getKey());
        if (!segments.containsKey(segment)) {
          outputs += shape.get(0) * places;
        }
        segments.merge(segment, kept, Double::sum);
      }
    }
    double largest = segments.values().stream().mapToDouble(kept -> kept).max().orElse(0);
    double activations = computation.checkpointing() ? largest + outputs : all;
    return new StepEstimate(
        (long) (BASE + stored * elements + number * batchSize * activations),
        computation.checkpointing() ? CALLS_AGAIN : CALLS);
  }

  private static String segment(String weight) {
    Matcher matcher = SEGMENT.matcher(weight);
    return matcher.find() ? matcher.group() : "";
  }

  private static int levels(Map<String, List<Long>> weights) {
    int levels = 0;
    while (weights.containsKey("down_blocks." + levels + ".resnets.0.conv1.weight")) {
      levels++;
    }
    return levels;
  }

  /**
   * The positions that a layer is applied to: those of its level in a U-Net, or the tokens of a
   * transformer, each of 2×2 positions.
   */
  private static double positions(String weight, int levels, double latent) {
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
