package dev.sdlora.demo.scratch;

import dev.sdlora.training.data.Batch;
import java.util.Arrays;
import java.util.List;

/**
 * Further outputs of a U-Net in training: where each position of the latent is, and what the text
 * says is there. They are dropped in the end; what the network computes for them lies in layers
 * that every prediction goes through.
 *
 * <p>Noise hides at most times what the text adds, so a network learns slowly to bring it to its
 * place. Here it is asked for just that at all times.
 */
final class TaughtOutputs {
  /** A latent as the text says it counts for so much, that the noise still counts for most. */
  private static final float SKETCH = 0.5f;

  private TaughtOutputs() {}

  /** How many outputs the last layer has in training. */
  static int count(int channels) {
    return channels + PlaceCodes.COUNT + channels;
  }

  /**
   * A batch with what is asked for beside the noise.
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
        List.of());
  }

  /** A weight or bias of the last layer without them. */
  static float[] dropped(float[] weight, int channels) {
    return Arrays.copyOf(weight, weight.length / count(channels) * channels);
  }
}
