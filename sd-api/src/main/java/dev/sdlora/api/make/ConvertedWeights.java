package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A file with weights in another format that was written. The errors compare the weights that have
 * another format than in the input with those of the input.
 *
 * @param file its path
 * @param bytes the sizes of the tensors of each format, with scales, in bytes; the largest first.
 *     Keys are the names of formats, such as {@code Q8_0}, {@code float8_e4m3 scaled} or {@code
 *     bfloat16}
 * @param rmsError the square root of the sum of squared errors over that of squared weights, at
 *     least 0; about 0.005 for {@code Q8_0} and 0.07 for {@code Q4_K}
 * @param largestError the largest error of a weight relative to the largest magnitude in its tensor
 * @param worstTensor the name of the tensor with that error; empty if nothing is rounded
 * @param widened the formats of fewer than 16 bits in the input whose weights have 16 or 32 bits in
 *     the file; named as above
 */
public record ConvertedWeights(
    Path file,
    Map<String, Long> bytes,
    double rmsError,
    double largestError,
    String worstTensor,
    Set<String> widened) {
  /**
   * Copies the map and the set.
   *
   * @param file the path of the file
   * @param bytes the sizes of the tensors of each format; copied in its order
   * @param rmsError the error of all rounded weights
   * @param largestError the largest error of a weight
   * @param worstTensor the name of the tensor with the largest error; may be empty
   * @param widened the formats of weights that became wider; copied
   */
  public ConvertedWeights {
    bytes = Collections.unmodifiableMap(new LinkedHashMap<>(bytes));
    widened = Set.copyOf(widened);
  }
}
