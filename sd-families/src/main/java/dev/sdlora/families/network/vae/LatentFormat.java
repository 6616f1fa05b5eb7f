package dev.sdlora.families.network.vae;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The conversion of an autoencoder's latents to those of the sampler: neighbours are joined, then
 * {@code (z - mean) · scale / std} for each channel.
 *
 * @param scale the factor
 * @param mean for each channel of the sampler; empty for 0
 * @param std for each channel of the sampler; empty for 1
 * @param patch 1, or the side of the squares of neighbours that become one position; their channels
 *     are in the order channel, row, column
 */
public record LatentFormat(double scale, List<Double> mean, List<Double> std, int patch) {
  /** The term that batch norm adds to variances in FLUX.2's autoencoder. */
  private static final double EPSILON = 1e-4;

  /** Copies the lists. */
  public LatentFormat {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Creates a format that joins no neighbours. */
  public LatentFormat(double scale, List<Double> mean, List<Double> std) {
    this(scale, mean, std, 1);
  }

  /** Creates a format with a factor only. */
  public static LatentFormat scaledBy(double scale) {
    return new LatentFormat(scale, List.of(), List.of());
  }

  /**
   * Creates a format with one mean and one factor for all channels, such as 0.1159 and 0.3611 of
   * FLUX.1's autoencoder.
   *
   * @param channels the number of channels
   */
  public static LatentFormat shifted(double mean, double scale, int channels) {
    return new LatentFormat(scale, Collections.nCopies(channels, mean), List.of());
  }

  /**
   * Creates the format of FLUX.2's autoencoder: 2×2 neighbours joined, and normalised by the
   * statistics of a batch norm.
   *
   * @param means {@code bn.running_mean} of the file, four for each latent channel
   * @param variances {@code bn.running_var}, as many
   */
  public static LatentFormat normalisedBy(float[] means, float[] variances) {
    List<Double> mean = new ArrayList<>();
    List<Double> std = new ArrayList<>();
    for (int i = 0; i < means.length; i++) {
      mean.add((double) means[i]);
      std.add(Math.sqrt(variances[i] + EPSILON));
    }
    return new LatentFormat(1, mean, std, 2);
  }

  /**
   * Converts latents of the autoencoder to those of the sampler, in a new array.
   *
   * @param latent [channels][height][width]
   * @param channels the number of channels
   * @param width the positions in a row, like the height a multiple of {@link #patch}
   */
  public float[] toUnitVariance(float[] latent, int channels, int width) {
    double[] wide = new double[latent.length];
    for (int i = 0; i < latent.length; i++) {
      wide[i] = latent[i];
    }
    return toUnitVariance(wide, channels, width);
  }

  /** Converts latents that have not been rounded to single precision yet. */
  public float[] toUnitVariance(double[] latent, int channels, int width) {
    float[] unit = new float[latent.length];
    for (int i = 0; i < latent.length; i++) {
      int joined = joined(i, latent.length / channels, width);
      int channel = channel(joined, latent.length / channels);
      unit[joined] = (float) ((latent[i] - mean(channel)) * scale / std(channel));
    }
    return unit;
  }

  /**
   * Converts latents of the sampler to those of the autoencoder, in a new array.
   *
   * @param latent in the sampler's order
   * @param channels the channels of the autoencoder
   * @param width the positions in a row of the autoencoder
   */
  public float[] fromUnitVariance(float[] latent, int channels, int width) {
    float[] own = new float[latent.length];
    for (int i = 0; i < latent.length; i++) {
      int joined = joined(i, latent.length / channels, width);
      int channel = channel(joined, latent.length / channels);
      own[i] = (float) (latent[joined] / scale * std(channel) + mean(channel));
    }
    return own;
  }

  private int channel(int joined, int size) {
    return joined / (size / (patch * patch));
  }

  /**
   * Returns the index in the sampler's order.
   *
   * @param index in the autoencoder's order, [channels][height][width]
   * @param size height times width
   */
  private int joined(int index, int size, int width) {
    int row = index % size / width;
    int column = index % width;
    int channel = (index / size * patch + row % patch) * patch + column % patch;
    int position = row / patch * (width / patch) + column / patch;
    return channel * (size / (patch * patch)) + position;
  }

  private double mean(int channel) {
    return mean.isEmpty() ? 0 : mean.get(channel);
  }

  private double std(int channel) {
    return std.isEmpty() ? 1 : std.get(channel);
  }
}
