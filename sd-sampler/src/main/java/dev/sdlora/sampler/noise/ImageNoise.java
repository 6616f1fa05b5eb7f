package dev.sdlora.sampler.noise;

import dev.sdlora.api.sampling.Rng;

/**
 * All noise of one image, as A1111 draws it: the first latent, with variation and seed resize, and
 * the noise that samplers add later. An image has the same noise whether it is generated alone or
 * in a batch.
 */
public final class ImageNoise implements NoiseSource {
  /** Above this mean cosine, two noises are mixed linearly, see {@link #slerp}. */
  private static final double PARALLEL = 0.9995;

  private final Rng rng;
  private final ImageSeeds seeds;
  private final LatentShape shape;
  private final LatentShape drawnShape;
  private final NoiseSource own;
  private final NoiseSource later;

  /**
   * Creates the noise of an image.
   *
   * @param rng the algorithm
   * @param seeds the seeds of the image
   * @param shape the shape of its latent
   */
  public ImageNoise(Rng rng, ImageSeeds seeds, LatentShape shape) {
    this(rng, seeds, shape, shape);
  }

  /**
   * Creates the noise of an image that resembles one of another size: A1111's seed resize.
   *
   * @param rng the algorithm
   * @param seeds the seeds of the image
   * @param shape the shape of its latent
   * @param drawnShape the latent's shape at the size for which noise is drawn; that noise is
   *     centred in the image's own noise, or cropped
   */
  public ImageNoise(Rng rng, ImageSeeds seeds, LatentShape shape, LatentShape drawnShape) {
    this.rng = rng;
    this.seeds = seeds;
    this.shape = shape;
    this.drawnShape = drawnShape;
    this.own = Noise.of(rng, seeds.seed());
    this.later = seeds.ensd() == 0 ? own : Noise.of(rng, seeds.seed() + seeds.ensd());
  }

  /** Returns the first latent, of unit variance; must be drawn once, before any other noise. */
  public float[] first() {
    boolean resized = !drawnShape.equals(shape);
    float[] noise = (resized ? Noise.of(rng, seeds.seed()) : own).next(drawnShape.size());
    if (seeds.variationStrength() != 0) {
      float[] other = Noise.of(rng, seeds.variationSeed()).next(drawnShape.size());
      noise = slerp(seeds.variationStrength(), noise, other, drawnShape);
    }
    return resized ? laidInto(own.next(shape.size()), noise) : noise;
  }

  @Override
  public float[] next(int count) {
    return later.next(count);
  }

  /**
   * Returns this noise with the image's path of Brownian motion between levels. The path depends
   * only on the image's own seed: neither variation nor ENSD changes it.
   */
  @Override
  public NoiseSource over(double sigmaMin, double sigmaMax) {
    BrownianTree tree = new BrownianTree(rng, seeds.seed(), sigmaMin, sigmaMax);
    return new NoiseSource() {
      @Override
      public float[] next(int count) {
        return ImageNoise.this.next(count);
      }

      @Override
      public float[] between(double sigma, double sigmaNext, int count) {
        return tree.between(sigma, sigmaNext, count);
      }
    };
  }

  /**
   * Spherical interpolation (Shoemake 1985) of each column of each channel, as in A1111. If the
   * columns are parallel on average the mix is linear, with its two sides swapped because of a bug
   * in A1111.
   */
  static float[] slerp(double strength, float[] low, float[] high, LatentShape shape) {
    int columns = shape.channels() * shape.width();
    double[] cosines = new double[columns];
    double mean = 0;
    for (int i = 0; i < columns; i++) {
      cosines[i] = cosine(low, high, shape, i / shape.width(), i % shape.width());
      mean += cosines[i] / columns;
    }
    double[] lowWeights = new double[columns];
    double[] highWeights = new double[columns];
    for (int i = 0; i < columns; i++) {
      double angle = Math.acos(Math.max(-1, Math.min(1, cosines[i])));
      double sine = Math.sin(angle);
      boolean round = mean <= PARALLEL && sine > 0;
      lowWeights[i] = round ? Math.sin((1 - strength) * angle) / sine : strength;
      highWeights[i] = round ? Math.sin(strength * angle) / sine : 1 - strength;
    }
    float[] mixed = new float[shape.size()];
    for (int i = 0; i < mixed.length; i++) {
      int column = i / (shape.height() * shape.width()) * shape.width() + i % shape.width();
      mixed[i] = (float) (lowWeights[column] * low[i] + highWeights[column] * high[i]);
    }
    return mixed;
  }

  private static double cosine(
      float[] low, float[] high, LatentShape shape, int channel, int column) {
    double product = 0;
    double lows = 0;
    double highs = 0;
    for (int row = 0; row < shape.height(); row++) {
      int i = shape.index(channel, row, column);
      product += (double) low[i] * high[i];
      lows += (double) low[i] * low[i];
      highs += (double) high[i] * high[i];
    }
    return product / Math.sqrt(lows * highs);
  }

  /** Copies the drawn noise into the middle of the image's noise. */
  private float[] laidInto(float[] noise, float[] drawn) {
    // Rounded down, also below 0: a cropped part may be off-centre by one, as in A1111.
    int left = Math.floorDiv(shape.width() - drawnShape.width(), 2);
    int top = Math.floorDiv(shape.height() - drawnShape.height(), 2);
    int width = left >= 0 ? drawnShape.width() : drawnShape.width() + 2 * left;
    int height = top >= 0 ? drawnShape.height() : drawnShape.height() + 2 * top;
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int row = 0; row < height; row++) {
        System.arraycopy(
            drawn,
            drawnShape.index(channel, row + Math.max(0, -top), Math.max(0, -left)),
            noise,
            shape.index(channel, row + Math.max(0, top), Math.max(0, left)),
            width);
      }
    }
    return noise;
  }
}
