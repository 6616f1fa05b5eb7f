package dev.sdlora.pipeline.generation;

import java.util.List;

/**
 * Reference layers in double precision with a different weight at each position: {@code W(p) = W +
 * Σ strength · mask(p) · up · down}.
 */
final class RegionalTwin {
  private RegionalTwin() {}

  /**
   * A LoRA on one layer.
   *
   * @param down [rank][in]
   * @param up [out][rank]
   * @param strength a factor on its product
   * @param mask the share of the LoRA at each position of the level
   * @param region the number of its mask; 0 for everywhere
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Lora(double[][] down, double[][] up, double strength, double[] mask, int region) {
    Lora on(double[][] newDown, double[][] newUp, double[] newMask) {
      return new Lora(newDown, newUp, strength, newMask, region);
    }
  }

  /** Returns the weight at a position, with each LoRA scaled by its mask there. */
  static double[][] weight(double[][] plain, List<Lora> loras, int position) {
    double[][] weight = new double[plain.length][];
    for (int out = 0; out < plain.length; out++) {
      weight[out] = plain[out].clone();
      for (Lora lora : loras) {
        double share = lora.strength * (lora.region == 0 ? 1 : lora.mask[position]);
        for (int in = 0; in < weight[out].length; in++) {
          for (int r = 0; r < lora.down.length; r++) {
            weight[out][in] += share * lora.up[out][r] * lora.down[r][in];
          }
        }
      }
    }
    return weight;
  }

  static double[] times(double[][] weight, double[] x) {
    double[] y = new double[weight.length];
    for (int out = 0; out < y.length; out++) {
      for (int in = 0; in < x.length; in++) {
        y[out] += weight[out][in] * x[in];
      }
    }
    return y;
  }

  /** Applies a linear layer to positions [n][in]. */
  static double[][] linear(double[][] plain, List<Lora> loras, double[][] x) {
    double[][] y = new double[x.length][];
    for (int position = 0; position < y.length; position++) {
      y[position] = times(weight(plain, loras, position), x[position]);
    }
    return y;
  }

  /** Returns the inputs of a 3 × 3 kernel at each position, zeros beyond the edges: [n][9 · in]. */
  static double[][] seen(double[][] planes, int height, int width, int stride) {
    int rows = (height + stride - 1) / stride;
    int columns = (width + stride - 1) / stride;
    double[][] seen = new double[rows * columns][9 * planes.length];
    for (int position = 0; position < seen.length; position++) {
      for (int i = 0; i < seen[position].length; i++) {
        int y = position / columns * stride + i % 9 / 3 - 1;
        int x = position % columns * stride + i % 3 - 1;
        if (y >= 0 && y < height && x >= 0 && x < width) {
          seen[position][i] = planes[i / 9][y * width + x];
        }
      }
    }
    return seen;
  }

  /**
   * Returns the attention output for a query at a position. Keys and values of a region are those
   * of its own text with its own LoRAs at full strength; the query reads an interpolation between
   * the common ones and these.
   *
   * @param q the query
   * @param texts the text of each region, the common one first, [regions + 1][tokens][in]
   * @param inside how far the position is inside each region; the first number is 1
   */
  static double[] answer(
      double[] q,
      double[][][] texts,
      double[] inside,
      double[][] toKey,
      List<Lora> keyLoras,
      double[][] toValue,
      List<Lora> valueLoras,
      int heads) {
    double[][] keys = read(texts, inside, toKey, keyLoras);
    double[][] values = read(texts, inside, toValue, valueLoras);
    int width = q.length / heads;
    double[] answer = new double[q.length];
    for (int head = 0; head < heads; head++) {
      double[] weights = new double[keys.length];
      double sum = 0;
      for (int token = 0; token < keys.length; token++) {
        double score = 0;
        for (int d = head * width; d < (head + 1) * width; d++) {
          score += q[d] * keys[token][d];
        }
        weights[token] = Math.exp(score / Math.sqrt(width));
        sum += weights[token];
      }
      for (int token = 0; token < keys.length; token++) {
        for (int d = head * width; d < (head + 1) * width; d++) {
          answer[d] += weights[token] / sum * values[token][d];
        }
      }
    }
    return answer;
  }

  private static double[][] read(
      double[][][] texts, double[] inside, double[][] plain, List<Lora> loras) {
    double[][] sum = new double[texts[0].length][plain.length];
    for (int token = 0; token < sum.length; token++) {
      double[] common = ofRegion(0, texts, plain, loras, token);
      for (int region = 0; region < texts.length; region++) {
        double[] own = ofRegion(region, texts, plain, loras, token);
        for (int d = 0; d < plain.length; d++) {
          sum[token][d] += region == 0 ? common[d] : inside[region] * (own[d] - common[d]);
        }
      }
    }
    return sum;
  }

  private static double[] ofRegion(
      int region, double[][][] texts, double[][] plain, List<Lora> loras, int token) {
    double[] whole = {1};
    List<Lora> acting =
        loras.stream()
            .filter(lora -> lora.region == 0 || lora.region == region)
            .map(lora -> lora.on(lora.down, lora.up, whole))
            .toList();
    return times(weight(plain, acting, 0), texts[region][token]);
  }
}
