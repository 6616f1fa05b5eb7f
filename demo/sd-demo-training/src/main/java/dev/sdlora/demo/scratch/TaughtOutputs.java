package dev.sdlora.demo.scratch;

import dev.sdlora.training.data.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * Additional outputs of a U-Net in training: the location of each latent position, and what the
 * text says about it. They are dropped in the end, but the network computes them in layers that
 * every prediction uses.
 *
 * <p>At most timesteps noise hides the contribution of the text, so a network is slow to learn
 * where to apply it. These outputs require exactly that at all timesteps.
 */
final class TaughtOutputs {
  /** The weight of the latent that the text describes, small enough for the noise to dominate. */
  private static final float SKETCH = 0.5f;

  private TaughtOutputs() {}

  /** Returns the number of outputs of the last layer in training. */
  static int count(int channels) {
    return channels + PlaceCodes.COUNT + channels;
  }

  /**
   * Returns a batch with the additional targets after the noise.
   *
   * @param sketches what texts say, [batch][channels][side][side]
   * @param side a multiple of four
   */
  static Batch behind(Batch batch, float[] sketches, int side) {
    float[] codes = PlaceCodes.of(side);
    int members = batch.times().length;
    int own = sketches.length / members;
    int all = own + codes.length + own;
    float[] target = new float[members * all];
    for (int member = 0; member < members; member++) {
      int at = member * all;
      System.arraycopy(batch.target(), member * own, target, at, own);
      System.arraycopy(codes, 0, target, at + own, codes.length);
      for (int i = 0; i < own; i++) {
        target[at + own + codes.length + i] = SKETCH * sketches[member * own + i];
      }
    }
    return new Batch(
        batch.noisy(),
        batch.times(),
        target,
        batch.importance(),
        batch.strengths(),
        List.of(),
        List.of(),
        batch.rows(),
        batch.mask(),
        batch.deltas());
  }

  /** Returns a weight or bias of the last layer without the additional outputs. */
  static float[] dropped(float[] weight, int channels) {
    return Arrays.copyOf(weight, weight.length / count(channels) * channels);
  }
}
