package dev.sdlora.sampler.noise;

import dev.sdlora.api.sampling.Rng;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A path of Brownian motion over an interval of noise levels, one for each element of a latent,
 * determined by a seed: its increment between two levels does not depend on which or how many
 * levels were queried before. Not thread-safe.
 *
 * <p>It is the tree of torchsde 0.2.6, as used by A1111, to the digit: levels are floats rounded to
 * six decimals, the interval is halved until the queried levels are ends of its parts, and each
 * halving (Lévy's bridge, in floats) takes a whole draw of a generator of its own, whose seed is
 * derived from the part's position in the tree by {@link SeedSequence}. A1111 also uses its own
 * {@link Rng#NV} or PyTorch's generator for these draws.
 *
 * <p>A level is about 24 halvings deep. The last {@value #KEPT} of them are cached, because the
 * next query shares most of its path from the root: 16 MB at 1024².
 */
final class BrownianTree {
  private static final int DECIMALS = 6;
  private static final int KEPT = 64;

  private final Rng rng;
  private final long seed;
  private final Part whole;
  private final float deviation;
  private float[] wholeWay = {};
  private final Map<Part, float[]> kept =
      new LinkedHashMap<>(KEPT, 1, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Part, float[]> eldest) {
          return size() > KEPT;
        }
      };

  /**
   * Creates the path of a seed.
   *
   * @param rng the algorithm of all draws
   * @param seed any number; a negative one is treated as 64 bits without a sign
   * @param sigmaMin the start of the interval
   * @param sigmaMax the end of the interval, not below the start
   */
  BrownianTree(Rng rng, long seed, double sigmaMin, double sigmaMax) {
    this.rng = rng;
    this.seed = seed;
    float low = finite(sigmaMin);
    float high = finite(sigmaMax);
    this.whole = new Part(rounded(low), rounded(high), 0, 0);
    this.deviation = (float) Math.sqrt((double) high - low);
  }

  /** A part of the interval: the part with index {@code place} at its depth, counted from below. */
  private record Part(double low, double high, long place, int depth) {
    double middle() {
      return rounded(0.5 * (low + high));
    }

    Part lower() {
      return new Part(low, middle(), 2 * place, depth + 1);
    }

    Part upper() {
      return new Part(middle(), high, 2 * place + 1, depth + 1);
    }
  }

  /**
   * Returns the increment of the path from one level to another, divided by the square root of
   * their distance: unit normal numbers. All are 0 if the levels are equal at six decimals; outside
   * the interval the path is constant.
   *
   * @throws IllegalArgumentException if a level is not above 0 and finite, or both are the same
   */
  float[] between(double sigma, double sigmaNext, int count) {
    float from = level(sigma);
    float to = level(sigmaNext);
    if (from == to) {
      throw new IllegalArgumentException("noise needs two different levels: " + sigma);
    }
    double low = inside(Math.min(from, to));
    double high = inside(Math.max(from, to));
    float[] noise = new float[count];
    if (low < high) {
      add(whole, wholeWay(count), low, high, noise);
    }
    float length = (float) Math.sqrt(Math.abs(to - from));
    float scale = from < to ? length : -length;
    for (int i = 0; i < count; i++) {
      noise[i] /= scale;
    }
    return noise;
  }

  /** Adds the increment of the path between two levels within a part to a sum. */
  private void add(Part part, float[] way, double low, double high, float[] sum) {
    if (low == part.low && high == part.high) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += way[i];
      }
      return;
    }
    float[] lowerWay = lowerWay(part, way);
    double middle = part.middle();
    if (low < middle) {
      add(part.lower(), lowerWay, low, Math.min(high, middle), sum);
    }
    if (high > middle) {
      add(part.upper(), minus(way, lowerWay), Math.max(low, middle), high, sum);
    }
  }

  private float[] wholeWay(int count) {
    if (wholeWay.length != count) {
      wholeWay = draw(SeedSequence.firstWord(seed), count);
      for (int i = 0; i < count; i++) {
        wholeWay[i] *= deviation;
      }
      kept.clear();
    }
    return wholeWay;
  }

  /** Returns the increment over the lower half of a part whose own increment is {@code way}. */
  private float[] lowerWay(Part part, float[] way) {
    float[] known = kept.get(part);
    if (known != null) {
      return known;
    }
    double middle = part.middle();
    double perLength = 1 / (part.high - part.low);
    float length = (float) (middle - part.low);
    float spread = (float) Math.sqrt((middle - part.low) * (part.high - middle) * perLength);
    float[] lower = draw(SeedSequence.firstWord(seed, part.place, part.depth), way.length);
    for (int i = 0; i < lower.length; i++) {
      lower[i] = length * way[i] * (float) perLength + spread * lower[i];
    }
    kept.put(part, lower);
    return lower;
  }

  private float[] draw(long nodeSeed, int count) {
    return Noise.of(rng, nodeSeed).next(count);
  }

  private static float[] minus(float[] way, float[] lower) {
    float[] upper = new float[way.length];
    for (int i = 0; i < upper.length; i++) {
      upper[i] = way[i] - lower[i];
    }
    return upper;
  }

  /** Samplers that never query this path may have levels that do not fit into a float. */
  private static float finite(double sigma) {
    return Math.min((float) sigma, Float.MAX_VALUE);
  }

  private static float level(double sigma) {
    float level = (float) sigma;
    if (!(level > 0 && level < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise needs a level above 0: " + sigma);
    }
    return level;
  }

  private double inside(float level) {
    return Math.max(whole.low, Math.min(whole.high, rounded(level)));
  }

  /** Rounds to the double nearest to the decimal number, as Python does. */
  private static double rounded(double level) {
    return new BigDecimal(level).setScale(DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
  }
}
