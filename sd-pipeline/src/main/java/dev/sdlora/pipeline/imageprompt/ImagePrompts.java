package dev.sdlora.pipeline.imageprompt;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.denoise.NoisePredictor.Row;
import dev.sdlora.families.network.ImageKeys;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The encoded image prompts of one request. Used by one thread. */
public final class ImagePrompts implements AutoCloseable {
  private final NDManager memory;
  private final List<Encoded> encoded = new ArrayList<>();
  private final Map<Pattern, ImageKeys> joined = new HashMap<>();
  private NDManager joinedIn;
  private @Nullable RegionFrame joinedFor;
  private final int levels;
  private double share;

  /**
   * Creates an empty set of prompts.
   *
   * @param levels the number of levels of the U-Net
   * @param memory owns the keys and values; closed with this
   */
  ImagePrompts(int levels, NDManager memory) {
    this.levels = levels;
    this.memory = memory;
    this.joinedIn = memory.newSubManager();
  }

  /**
   * Attention layers.
   *
   * @param factors a prompt's weight in each layer
   * @param away whether a layer keeps away from the images: negative conditions read them there,
   *     and others read zeros
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Layers(List<String> names, double[] factors, boolean[] away) {}

  /** A prompt, and keys and values for each layer: of its images, and of the absence of images. */
  private record Encoded(
      ImagePrompt prompt, Layers layers, List<NDArray> seen, List<NDArray> unseen) {
    boolean at(double share) {
      return prompt.start() <= share && share <= prompt.end();
    }
  }

  /** The acting prompts and the rows that see no image, which determine the tensors of a call. */
  private record Pattern(List<Integer> acting, List<Boolean> negatives) {}

  NDManager memory() {
    return memory;
  }

  void add(ImagePrompt prompt, Layers layers, List<NDArray> seen, List<NDArray> unseen) {
    encoded.add(new Encoded(prompt, layers, seen, unseen));
  }

  /**
   * Sets the next step. A prompt acts if the fraction of completed steps is between its start and
   * its end, both inclusive.
   *
   * @param step the index of the step, from 0
   * @param steps the number of steps
   */
  public void step(int step, int steps) {
    share = (double) step / steps;
  }

  /**
   * Returns a predictor that reads the image prompts; valid until this is called with another
   * frame.
   *
   * @param frame the placement of masks over the generated image
   */
  public NoisePredictor over(NoisePredictor network, RegionFrame frame) {
    if (encoded.isEmpty()) {
      return network;
    }
    if (!frame.equals(joinedFor)) {
      joined.clear();
      joinedIn.close();
      joinedIn = memory.newSubManager();
      joinedFor = frame;
    }
    return (batch, scope) -> {
      List<Integer> acting =
          IntStream.range(0, encoded.size()).filter(i -> encoded.get(i).at(share)).boxed().toList();
      Pattern pattern = new Pattern(acting, batch.rows().stream().map(Row::negative).toList());
      int height = (int) batch.latents().getShape().get(2);
      int width = (int) batch.latents().getShape().get(3);
      ImageKeys keys =
          joined.computeIfAbsent(pattern, wanted -> join(wanted, frame, height, width));
      return network.predict(batch.with(keys), scope);
    };
  }

  private ImageKeys join(Pattern pattern, RegionFrame frame, int height, int width) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int number : pattern.acting) {
      Encoded each = encoded.get(number);
      List<NDArray> masks =
          each.prompt.mask().map(mask -> masks(mask, frame, height, width)).orElse(List.of());
      for (int i = 0; i < each.layers.names.size(); i++) {
        if (each.layers.factors[i] != 0) {
          String layer = each.layers.names.get(i);
          int at = counts.merge(layer, 1, Integer::sum) - 1;
          tensors.put(layer + ".image_keys." + at, rows(each, i, 0, pattern.negatives));
          tensors.put(layer + ".image_values." + at, rows(each, i, 1, pattern.negatives));
          if (!masks.isEmpty()) {
            tensors.put(layer + ".image_mask." + at, masks.get(level(layer)));
          }
        }
      }
    }
    return new ImageKeys(pattern.acting, tensors);
  }

  /** Returns the keys, 0, or the values, 1, of the rows of a call in a layer. */
  private NDArray rows(Encoded each, int layer, int kind, List<Boolean> negatives) {
    NDArray seen = each.seen.get(2 * layer + kind);
    NDArray unseen = each.unseen.get(2 * layer + kind);
    boolean away = each.layers.away[layer];
    // DJL's zerosLike ends the process for bfloat16.
    try (NDArray zeros = seen.mul(0)) {
      NDArray positive = away ? zeros : seen;
      NDArray negative = away ? seen : unseen;
      NDList rows = new NDList();
      negatives.forEach(isNegative -> rows.add(isNegative ? negative : positive));
      NDArray all = NDArrays.concat(rows, 0);
      all.attach(joinedIn);
      return all;
    }
  }

  /**
   * Returns a mask for each level of the U-Net: how far its positions are inside, [positions, 1].
   */
  private List<NDArray> masks(RegionMask mask, RegionFrame frame, int height, int width) {
    Raster region = frame.of(mask);
    List<NDArray> masks = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      float[] shares = AreaAverage.shares(region, width, height);
      masks.add(Torch.floats(joinedIn, shares, shares.length, 1));
      height = (height + 1) / 2;
      width = (width + 1) / 2;
    }
    return masks;
  }

  /** Returns the level of a layer, from 0, the one of the most positions. */
  private int level(String layer) {
    String[] parts = layer.split("\\.", -1);
    return switch (parts[0]) {
      case "down_blocks" -> Integer.parseInt(parts[1]);
      case "up_blocks" -> levels - 1 - Integer.parseInt(parts[1]);
      default -> levels - 1;
    };
  }

  @Override
  public void close() {
    memory.close();
  }
}
