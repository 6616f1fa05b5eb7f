package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.SeededRandom;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The parts of an adapter that are left out for one batch. They depend only on the seed of the
 * training and the index of the batch. Not safe for use by several threads.
 *
 * <ul>
 *   <li>Layers are left unchanged.
 *   <li>Rank components of a LoRA are left out for each member of the batch, and the others
 *       multiplied by 1 / (1 - share), as in kohya's trainer. For other kinds and for DoRA, which
 *       build a weight for all members, rows of the change are left out, as in LyCORIS.
 *   <li>Inner values of a LoRA are set to 0, and the others multiplied by 1 / (1 - share).
 * </ul>
 */
final class Dropouts {
  private final AdapterOptions options;
  private final SplittableRandom random;

  Dropouts(AdapterOptions options, long seed, long batch) {
    this.options = options;
    this.random = SeededRandom.of(seed, "dropout", batch);
  }

  /** Draws whether the next layer is left unchanged. */
  boolean skipsModule() {
    return options.moduleDropout() > 0 && random.nextDouble() < options.moduleDropout();
  }

  /**
   * Draws what is left out of the change of the next layer.
   *
   * @param rows the number of rows of a batch in the layer's network
   * @param prefix the layer's name and a dot
   * @param target the tensors of the network
   */
  void add(
      AdapterModule module, int rows, String prefix, Map<String, NDArray> target, NDManager scope) {
    if (options.rankDropout() > 0) {
      if (options.kind() == AdapterKind.LORA && !options.dora()) {
        float kept = (float) (1 / (1 - options.rankDropout()));
        float[] ranks = mask(rows * module.rank(), kept);
        target.put(prefix + "lora_ranks", Torch.floats(scope, ranks, rows, module.rank()));
      } else {
        int out = Math.toIntExact(module.out());
        target.put(prefix + "lora_rows", Torch.floats(scope, mask(out, 1), out));
      }
    }
    if (options.dropout() > 0) {
      double[] seedAndShare = {random.nextInt(Integer.MAX_VALUE), options.dropout()};
      target.put(prefix + "lora_dropout", Torch.onProcessor(scope).create(seedAndShare));
    }
  }

  private float[] mask(int size, float kept) {
    float[] mask = new float[size];
    for (int i = 0; i < size; i++) {
      mask[i] = random.nextDouble() < options.rankDropout() ? 0 : kept;
    }
    return mask;
  }
}
