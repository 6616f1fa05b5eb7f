package dev.sdlora.tensors.number;

/**
 * Finds the codes and the scale of one part of a block with a small sum of squared errors. Starts
 * from several widths of the range, rounds the elements to codes for each, and computes the best
 * scale (and minimum) for these codes by least squares. Not thread-safe.
 */
final class PartFit {
  /** Widths of the range that are tried, as shares of the range of the elements. */
  private static final float[] WIDTHS = {1, 0.97f, 0.94f, 0.91f, 0.87f, 0.82f, 0.75f, 1.04f};

  private final int elements;
  private final float[] values;
  private final int[] codes;
  private final int[] bestCodes;
  private float scale;
  private float minimum;
  private int roundedScale;
  private int roundedMinimum;

  /**
   * Creates a search.
   *
   * @param elements the number of elements in a part
   */
  PartFit(int elements) {
    this.elements = elements;
    this.values = new float[elements];
    this.codes = new int[elements];
    this.bestCodes = new int[elements];
  }

  int elements() {
    return elements;
  }

  /** Returns the scale that was found, in float32. */
  float scale() {
    return scale;
  }

  /** Returns the number to subtract that was found, at least 0. */
  float minimum() {
    return minimum;
  }

  int roundedScale() {
    return roundedScale;
  }

  int roundedMinimum() {
    return roundedMinimum;
  }

  /** Reads the elements of a part. */
  void load(float[] source, int from) {
    System.arraycopy(source, from, values, 0, elements);
  }

  /** Copies the codes, increased by a number. */
  void codes(int[] target, int from, int more) {
    for (int i = 0; i < elements; i++) {
      target[from + i] = bestCodes[i] + more;
    }
  }

  /** Finds a scale and a minimum for codes from 0 to a number: {@code scale·code − minimum}. */
  void findLine(int largest) {
    float low = 0;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    float range = high - low;
    scale = range / largest;
    minimum = -low;
    if (range == 0) {
      return;
    }
    float least = Float.POSITIVE_INFINITY;
    float middle = (high + low) / 2;
    for (float width : WIDTHS) {
      float start = Math.min(0, middle - width * range / 2);
      float step = width * range / largest;
      float before = Float.POSITIVE_INFINITY;
      for (int round = 0; round < 3; round++) {
        round(step, start, largest);
        Line line = line();
        step = line.step();
        start = line.start();
        if (line.error() < least) {
          least = line.error();
          scale = step;
          minimum = -start;
        }
        if (step <= 0 || line.error() >= before) {
          break;
        }
        before = line.error();
      }
    }
  }

  /** A line through points, and the sum of its squared errors. */
  private record Line(float step, float start, float error) {}

  /** Sets the codes nearest to the elements for a line. */
  private void round(float step, float start, int largest) {
    float inverse = step > 0 ? 1 / step : 0;
    for (int i = 0; i < elements; i++) {
      int code = (int) ((values[i] - start) * inverse + 0.5f);
      codes[i] = Math.max(0, Math.min(largest, code));
    }
  }

  /** Returns the best line for the codes that does not begin above 0. */
  private Line line() {
    float sum = 0;
    float squares = 0;
    float total = 0;
    float products = 0;
    for (int i = 0; i < elements; i++) {
      float code = codes[i];
      sum += code;
      squares += code * code;
      total += values[i];
      products += code * values[i];
    }
    float determinant = elements * squares - sum * sum;
    float step = 0;
    float start = 0;
    if (determinant > 0) {
      step = (elements * products - sum * total) / determinant;
      start = (squares * total - sum * products) / determinant;
    }
    if (determinant <= 0 || start > 0) {
      start = 0;
      step = squares > 0 ? products / squares : 0;
    }
    if (step < 0) {
      step = 0;
      start = Math.min(0, total / elements);
    }
    float error = 0;
    for (int i = 0; i < elements; i++) {
      float difference = values[i] - (step * codes[i] + start);
      error += difference * difference;
    }
    return new Line(step, start, error);
  }

  /**
   * Rounds the scale and the minimum to multiples of units, and finds the codes for them.
   *
   * @param steps the largest multiple
   */
  void roundLine(
      int largest, int steps, float unit, float minimumUnit, float wanted, float wantedMinimum) {
    int middle = nearest(wanted, unit, 0, steps);
    int middleMinimum = nearest(wantedMinimum, minimumUnit, 0, steps);
    float least = Float.POSITIVE_INFINITY;
    for (int s = Math.max(0, middle - 1); s <= Math.min(steps, middle + 1); s++) {
      for (int m = Math.max(0, middleMinimum - 1); m <= Math.min(steps, middleMinimum + 1); m++) {
        float step = unit * s;
        float less = minimumUnit * m;
        round(step, -less, largest);
        float error = 0;
        for (int i = 0; i < elements; i++) {
          float difference = values[i] - (step * codes[i] - less);
          error += difference * difference;
        }
        if (error < least) {
          least = error;
          roundedScale = s;
          roundedMinimum = m;
          System.arraycopy(codes, 0, bestCodes, 0, elements);
        }
      }
    }
  }

  /** Finds a scale for signed codes from {@code −middle} to {@code middle − 1}. */
  void findFactor(int middle) {
    float farthest = 0;
    for (float value : values) {
      if (Math.abs(value) > Math.abs(farthest)) {
        farthest = value;
      }
    }
    scale = farthest / -middle;
    minimum = 0;
    if (farthest == 0) {
      return;
    }
    float least = Float.POSITIVE_INFINITY;
    for (float width : WIDTHS) {
      for (int sign = -1; sign <= (width == 1 ? 1 : -1); sign += 2) {
        float step = sign * width * farthest / (sign < 0 ? middle : middle - 1);
        float before = Float.POSITIVE_INFINITY;
        for (int round = 0; round < 2 && step != 0; round++) {
          roundSigned(step, middle);
          float products = 0;
          float squares = 0;
          for (int i = 0; i < elements; i++) {
            products += codes[i] * values[i];
            squares += (float) codes[i] * codes[i];
          }
          step = squares > 0 ? products / squares : 0;
          float error = errorOf(step);
          if (error < least) {
            least = error;
            scale = step;
          }
          if (error >= before) {
            break;
          }
          before = error;
        }
      }
    }
  }

  /**
   * Rounds the scale to a multiple of a unit, and finds the codes for it.
   *
   * @param steps the largest magnitude of a multiple; a positive one is smaller
   * @return the sum of squared errors
   */
  float roundFactor(int middle, int steps, float unit, float wanted) {
    int nearest = nearest(wanted, unit, -steps, steps - 1);
    float least = Float.POSITIVE_INFINITY;
    for (int s = Math.max(-steps, nearest - 1); s <= Math.min(steps - 1, nearest + 1); s++) {
      float step = unit * s;
      roundSigned(step, middle);
      float error = errorOf(step);
      if (error < least) {
        least = error;
        roundedScale = s;
        System.arraycopy(codes, 0, bestCodes, 0, elements);
      }
    }
    return least;
  }

  private void roundSigned(float step, int middle) {
    float inverse = step == 0 ? 0 : 1 / step;
    for (int i = 0; i < elements; i++) {
      float code = values[i] * inverse;
      int whole = (int) (code < 0 ? code - 0.5f : code + 0.5f);
      codes[i] = Math.max(-middle, Math.min(middle - 1, whole));
    }
  }

  private float errorOf(float step) {
    float error = 0;
    for (int i = 0; i < elements; i++) {
      float difference = values[i] - step * codes[i];
      error += difference * difference;
    }
    return error;
  }

  private static int nearest(float wanted, float unit, int from, int to) {
    return unit == 0 ? 0 : Math.max(from, Math.min(to, Math.round(wanted / unit)));
  }
}
