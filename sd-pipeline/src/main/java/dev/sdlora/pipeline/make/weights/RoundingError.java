package dev.sdlora.pipeline.make.weights;

/**
 * The differences between values and those they were rounded to.
 *
 * @param squares the sum of squares of the values
 * @param errors the sum of squared errors
 * @param largest the largest magnitude of a value
 * @param largestError the largest error
 */
record RoundingError(double squares, double errors, float largest, float largestError) {
  static final RoundingError NONE = new RoundingError(0, 0, 0, 0);

  RoundingError plus(RoundingError other) {
    return new RoundingError(
        squares + other.squares,
        errors + other.errors,
        Math.max(largest, other.largest),
        Math.max(largestError, other.largestError));
  }

  /** Returns the root of the squared errors relative to the values; 0 if all values are. */
  double rms() {
    return squares == 0 ? 0 : Math.sqrt(errors / squares);
  }

  /** Returns the largest error relative to the largest magnitude; 0 if all values are 0. */
  double relative() {
    return largest == 0 ? 0 : (double) largestError / largest;
  }
}
