package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.ConvertedWeights;
import java.io.PrintWriter;
import java.util.Locale;

/** The formats of a written file, and the rounding of its weights. */
public final class RoundingReport {
  private RoundingReport() {}

  /** Adds the fields {@code formats} and {@code rounding}, which it returns. */
  public static ObjectNode add(ObjectNode json, ConvertedWeights weights) {
    weights
        .bytes()
        .forEach(
            (format, bytes) ->
                json.withArray("formats").addObject().put("format", format).put("bytes", bytes));
    return json.putObject("rounding")
        .put("rms", weights.rmsError())
        .put("largest", weights.largestError())
        .put("tensor", weights.worstTensor());
  }

  /** Prints a line for each format, and one for the rounding. */
  public static void print(PrintWriter out, ConvertedWeights weights) {
    weights
        .bytes()
        .forEach(
            (format, bytes) -> out.printf(Locale.ROOT, "  %-18s %10.1f MB%n", format, bytes / 1e6));
    if (weights.worstTensor().isEmpty()) {
      out.println("no weight was rounded");
    } else {
      out.printf(
          Locale.ROOT,
          "rounding: %.3g %% RMS; at most %.3g %% of the largest weight, in %s%n",
          100 * weights.rmsError(),
          100 * weights.largestError(),
          weights.worstTensor());
    }
  }
}
