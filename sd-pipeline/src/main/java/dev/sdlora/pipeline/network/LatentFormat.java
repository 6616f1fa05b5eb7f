package dev.sdlora.pipeline.network;

import java.util.List;

/**
 * The conversion of an autoencoder's latents to those of the U-Net: {@code (z - mean) · scale /
 * std} for each channel.
 *
 * @param scale the factor
 * @param mean for each channel; empty for 0
 * @param std for each channel; empty for 1
 */
public record LatentFormat(double scale, List<Double> mean, List<Double> std) {
  /** Copies the lists. */
  public LatentFormat {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Creates a format with a factor only. */
  public static LatentFormat scaledBy(double scale) {
    return new LatentFormat(scale, List.of(), List.of());
  }

  /**
   * Converts latents of the autoencoder to those of the U-Net, in place.
   *
   * @param latent [channels][height][width]
   * @param channels the number of channels
   */
  void toUnitVariance(float[] latent, int channels) {
    int size = latent.length / channels;
    for (int i = 0; i < latent.length; i++) {
      int channel = i / size;
      latent[i] = (float) ((latent[i] - mean(channel)) * scale / std(channel));
    }
  }

  /** Converts latents of the U-Net to those of the autoencoder, in a new array. */
  float[] fromUnitVariance(float[] latent, int channels) {
    int size = latent.length / channels;
    float[] own = new float[latent.length];
    for (int i = 0; i < latent.length; i++) {
      int channel = i / size;
      own[i] = (float) (latent[i] / scale * std(channel) + mean(channel));
    }
    return own;
  }

  private double mean(int channel) {
    return mean.isEmpty() ? 0 : mean.get(channel);
  }

  private double std(int channel) {
    return std.isEmpty() ? 1 : std.get(channel);
  }
}
