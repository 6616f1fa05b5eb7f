package dev.sdlora.sampler.noise;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A path of Brownian motion over all noise levels above 0, one for each element of a latent, that a
 * seed decides: what it does between two levels does not depend on which levels were asked for
 * before, nor how many. Not safe for use by several threads at once.
 *
 * <p>A virtual Brownian tree, after Gaines and Lyons 1997: between two levels where the path is
 * known, it is drawn half way (Lévy's bridge), and again in the half that holds the level asked
 * for. The tree stands on the octaves from each power of two to the next, so that it is as fine at
 * low levels as at high ones. A level is rounded to float, whose 23 bits of mantissa are then the
 * way down, and the numbers of a node are those of {@link PhiloxNoise} for the node's own bits.
 *
 * <p>A1111 takes torchsde's tree, whose random bits are those of a generator in PyTorch that this
 * does not repeat: its SDE pictures look as these do but are not the same.
 */
final class BrownianPath {
  /** Tells these numbers from those of a seed's own noise, whose second word is 0. */
  private static final int PURPOSE = 1;

  /** A step asks for its ends and its middle, and starts where the last one ended. */
  private static final int KEPT = 3;

  private final long seed;
  private final Map<Float, double[]> kept =
      new LinkedHashMap<>(KEPT, 1, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Float, double[]> eldest) {
          return size() > KEPT;
        }
      };

  BrownianPath(long seed) {
    this.seed = seed;
  }

  /**
   * How far the path goes from one level to another, divided by the root of their distance: unit
   * normal numbers.
   *
   * @throws IllegalArgumentException if a level is not above 0 and finite, or both are the same
   */
  float[] between(double sigma, double sigmaNext, int count) {
    float from = level(Math.min(sigma, sigmaNext));
    float to = level(Math.max(sigma, sigmaNext));
    if (from == to) {
      throw new IllegalArgumentException("noise needs two different levels: " + sigma);
    }
    double[] way = sinceOctave(to, count).clone();
    double[] start = sinceOctave(from, count);
    for (int i = 0; i < count; i++) {
      way[i] -= start[i];
    }
    for (float low = octave(from); low < octave(to); low *= 2) {
      double[] whole = octaveWay(low, count);
      for (int i = 0; i < count; i++) {
        way[i] += whole[i];
      }
    }
    double scale = 1 / Math.sqrt((double) to - from);
    float[] noise = new float[count];
    for (int i = 0; i < count; i++) {
      noise[i] = (float) (scale * way[i]);
    }
    return noise;
  }

  private static float level(double sigma) {
    float level = (float) sigma;
    if (!(level >= Float.MIN_NORMAL && level < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise needs a level above 0: " + sigma);
    }
    return level;
  }

  /** The power of two at or below a level. */
  private static float octave(float level) {
    return Math.scalb(1f, Math.getExponent(level));
  }

  private double[] sinceOctave(float level, int count) {
    double[] known = kept.get(level);
    if (known == null || known.length != count) {
      known = descend(level, count);
      kept.put(level, known);
    }
    return known;
  }

  /** How far the path has gone since the octave of a level began. */
  private double[] descend(float level, int count) {
    float low = octave(level);
    float high = 2 * low;
    double[] atLow = new double[count];
    double[] atHigh = octaveWay(low, count);
    while (level != low) {
      float middle = (low + high) / 2;
      double deviation = Math.sqrt((double) high - low) / 2;
      double[] atMiddle = new double[count];
      for (int i = 0; i < count; i++) {
        atMiddle[i] = (atLow[i] + atHigh[i]) / 2 + deviation * normal(middle, i);
      }
      if (level < middle) {
        high = middle;
        atHigh = atMiddle;
      } else {
        low = middle;
        atLow = atMiddle;
      }
    }
    return atLow;
  }

  /** How far the path goes in a whole octave. */
  private double[] octaveWay(float low, int count) {
    double deviation = Math.sqrt(low);
    double[] way = new double[count];
    for (int i = 0; i < count; i++) {
      way[i] = deviation * normal(low, i);
    }
    return way;
  }

  private double normal(float node, int element) {
    return PhiloxNoise.normal(seed, Float.floatToIntBits(node), PURPOSE, element);
  }
}
