package dev.sdlora.demo.scratch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Scales an autoencoder's latents to mean 0 and, multiplied by the scale of checkpoints, to
 * variance 1 in each channel. Both operations are linear, so they are merged into the two 1×1
 * convolutions around the latent, and the images do not change.
 */
public final class LatentScaling {
  private final double[] means;
  private final double[] factors;

  private LatentScaling(double[] means, double[] factors) {
    this.means = means;
    this.factors = factors;
  }

  /**
   * Measures latents.
   *
   * @param latents [count][channels][area]
   * @param latentScale the factor that the pipeline applies to latents, 0.18215 in SD 1.x
   */
  public static LatentScaling of(float[][] latents, int channels, double latentScale) {
    int area = latents[0].length / channels;
    double[] means = new double[channels];
    double[] factors = new double[channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      for (float[] latent : latents) {
        for (int i = c * area; i < (c + 1) * area; i++) {
          sum += latent[i];
          squares += (double) latent[i] * latent[i];
        }
      }
      double count = (double) latents.length * area;
      means[c] = sum / count;
      factors[c] = 1 / (latentScale * Math.sqrt(squares / count - means[c] * means[c]));
    }
    return new LatentScaling(means, factors);
  }

  /** Scales a latent as the changed encoder and the pipeline will: to mean 0 and variance 1. */
  public float[] unit(float[] latent, double latentScale) {
    int area = latent.length / means.length;
    float[] unit = new float[latent.length];
    for (int i = 0; i < latent.length; i++) {
      int c = i / area;
      unit[i] = (float) ((latent[i] - means[c]) * factors[c] * latentScale);
    }
    return unit;
  }

  /** Returns the weights of the changed autoencoder, by diffusers' names. */
  public Map<String, float[]> applyTo(Map<String, float[]> weights) {
    Map<String, float[]> changed = new LinkedHashMap<>(weights);
    changed.computeIfPresent("quant_conv.weight", (name, values) -> quantWeight(values.clone()));
    changed.computeIfPresent("quant_conv.bias", (name, values) -> quantBias(values.clone()));
    float[] after = weights.getOrDefault("post_quant_conv.weight", new float[0]);
    changed.computeIfPresent(
        "post_quant_conv.bias", (name, values) -> postBias(values.clone(), after));
    changed.computeIfPresent("post_quant_conv.weight", (name, values) -> post(values.clone()));
    return changed;
  }

  /**
   * Changes [2 · channels][2 · channels]; the upper half computes means, the lower log variances.
   */
  private float[] quantWeight(float[] weight) {
    int in = 2 * means.length;
    for (int c = 0; c < means.length; c++) {
      for (int i = c * in; i < (c + 1) * in; i++) {
        weight[i] = (float) (weight[i] * factors[c]);
      }
    }
    return weight;
  }

  private float[] quantBias(float[] bias) {
    for (int c = 0; c < means.length; c++) {
      bias[c] = (float) ((bias[c] - means[c]) * factors[c]);
      int variance = means.length + c;
      bias[variance] = (float) (bias[variance] + 2 * Math.log(factors[c]));
    }
    return bias;
  }

  private float[] postBias(float[] bias, float[] weight) {
    for (int i = 0; i < weight.length; i++) {
      bias[i / means.length] += (float) (weight[i] * means[i % means.length]);
    }
    return bias;
  }

  private float[] post(float[] weight) {
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) (weight[i] / factors[i % means.length]);
    }
    return weight;
  }
}
