package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.List;

/**
 * A file with weights in another format that was written.
 *
 * @param file its path
 * @param shares what is in the file, by format, the largest first
 * @param rounding how far the weights are from those of the input
 */
public record ConvertedWeights(Path file, List<Share> shares, Rounding rounding) {
  /**
   * Copies the list.
   *
   * @param file the path of the file
   * @param shares what is in the file; copied
   * @param rounding how far the weights are from those of the input
   */
  public ConvertedWeights {
    shares = List.copyOf(shares);
  }

  /**
   * The tensors of a file in one format.
   *
   * @param format the name of the format, such as {@code Q8_0}, {@code float8_e4m3 scaled} or
   *     {@code bfloat16}
   * @param tensors the number of tensors, at least 1
   * @param weights the number of their elements
   * @param bytes their size in bytes, with scales
   */
  public record Share(String format, int tensors, long weights, long bytes) {}

  /**
   * How far weights that have another format than in the input are from those of the input.
   *
   * @param rms the square root of the sum of squared errors over that of squared weights, at least
   *     0; about 0.005 for {@code Q8_0} and 0.07 for {@code Q4_K}
   * @param largest the largest error of a weight relative to the largest magnitude in its tensor
   * @param tensor the name of the tensor with that error; empty if nothing is rounded
   */
  public record Rounding(double rms, double largest, String tensor) {}
}
