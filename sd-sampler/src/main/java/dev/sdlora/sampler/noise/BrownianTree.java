package dev.sdlora.sampler.noise;

import dev.sdlora.api.sampling.Rng;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A path of Brownian motion over an interval of noise levels, one for each element of a latent,
 * that a seed decides: what it does between two levels does not depend on which levels were asked
 * for before, nor how many. Not safe for use by several threads at once.
 *
 * <p>It is the tree of torchsde 0.2.6, as A1111 has it, to the digit: levels are floats rounded to
 * six decimals, the interval is halved until the levels asked for are ends of its parts, and each
 * halving (Lévy's bridge, in floats) takes a whole draw of a generator of its own, whose seed comes
 * from the part's place in the tree by {@link SeedSequence}. A1111 draws with its own {@link
 * Rng#NV} or with PyTorch's generator there too.
 *
 * <p>A level is some 24 halvings away. The last {@value #KEPT} of them are kept, for the next level
 * shares most of its way: 16 MB at 1024².
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
   * The path of a seed.
   *
   * @param rng the algorithm of all draws
   * @param seed any number; a negative one counts as 64 bits without a sign
   * @param sigmaMin where the interval starts
   * @param sigmaMax where it ends, not below the start
   */
  BrownianTree(Rng rng, long seed, double sigmaMin, double sigmaMax) {
    this.rng = rng;
    this.seed = seed;
    float low = finite(sigmaMin);
    float high = finite(sigmaMax);
    this.whole = new Part(rounded(low), rounded(high), 0, 0);
    this.deviation = (float) Math.sqrt((double) high - low);
  }

  /** A part of the interval: the {@code place}th of those of its depth, from below. */
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
   * How far the path goes from one level to another, divided by the root of their distance: unit
   * normal numbers. All 0 if the levels are the same at six decimals; beyond its ends the path
   * stands still.
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

  /** Adds to a sum how far the path goes between two levels within a part. */
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

  /** How far the path goes over the lower half of a part that it goes through by {@code way}. */
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

  /** Samplers that never ask for this path may walk levels that no float holds. */
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

  /** The nearest double to a decimal number, as Python rounds. */
  private static double rounded(double level) {
    return new BigDecimal(level).setScale(DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
  }
}
