package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.StoredFormat;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Measures a linear layer in bfloat16 whose weight is kept in a quantised format and widened at
 * each call, as a multiple of the same layer with its weight in bfloat16. The layer is one of
 * FLUX.2 klein, by default with the tokens of an image of 512². Each format alternates with the
 * plain layer, so that both see the same state of the machine. A weight kept in bfloat16 is used as
 * it is: the distance of its ratio from 1 is the error of the others.
 */
public final class WideningBenchmark {
  private static final String PLAIN = "plain";
  private static final String STORED = "stored";

  /** A matrix has this many columns for each {@value #ROWS} rows, and at least as many. */
  private static final int COLUMNS = 256;

  private static final int ROWS = 768;

  /** In multiples of a layer with a plain weight. */
  private static final Map<StoredFormat, Double> AIMS =
      Map.of(
          StoredFormat.Q8_0, 1.05,
          StoredFormat.FP8_E4M3, 1.05,
          StoredFormat.INT8, 1.05,
          StoredFormat.Q4_K, 1.20);

  private WideningBenchmark() {}

  /** Runs the benchmark: {@code FILE [--size ROWS] [--tokens N] [--rounds N]}; no file is read. */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "WideningBenchmark FILE [--size ROWS] [--tokens N] [--rounds N]",
            Map.of("--size", 9216, "--tokens", 1536, "--rounds", 9));
    FigureTable.print(run(arguments));
  }

  /** Measures all formats. */
  static List<Figure> run(Arguments arguments) {
    int rows = arguments.number("--size");
    int columns = COLUMNS * Math.max(1, rows / ROWS);
    int tokens = arguments.number("--tokens");
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Program program =
          Program.load(
              torch,
              Program.Source.beside(WideningBenchmark.class, "widening.torchscript.py"),
              Program.Source.beside(StoredFormat.class, "widening.torchscript.py"));
      NDArray x = random(program, scope, tokens, columns);
      NDArray weight = random(program, scope, rows, columns);
      NDArray memory = random(program, scope, 1, rows * columns).reshape(-1);
      List<Figure> figures = new ArrayList<>();
      for (StoredFormat format : StoredFormat.values()) {
        NDArray[] parts =
            format == StoredFormat.BFLOAT16
                ? new NDArray[] {weight}
                : parts(torch, format, rows * columns, scope);
        NDArray head = scope.create(new long[] {format.code(), rows, columns});
        Map<String, Supplier<NDArray>> calls = new LinkedHashMap<>();
        calls.put(PLAIN, () -> program.call("plain").tensor(x).tensor(weight).run(scope));
        calls.put(
            STORED,
            () ->
                program
                    .call("stored")
                    .tensor(x)
                    .tensor(head)
                    .list(parts)
                    .tensor(memory)
                    .run(scope));
        Map<String, Double> best = ShortestCalls.seconds(calls, arguments.number("--rounds"));
        double plain = best.getOrDefault(PLAIN, Double.NaN);
        double stored = best.getOrDefault(STORED, Double.NaN);
        Figure figure =
            Figure.multiple(
                "layer of %s by %s, %s tokens, weight kept in %s"
                    .formatted(rows, columns, tokens, format),
                milliseconds(stored),
                "a plain weight, " + milliseconds(plain),
                stored / plain);
        Double aim = AIMS.get(format);
        figures.add(aim == null ? figure : figure.aim(aim));
      }
      return figures;
    }
  }

  private static NDArray random(Program program, NDManager scope, int rows, int columns) {
    return program
        .call("random")
        .tensor(scope.create(0f))
        .integer(rows)
        .integer(columns)
        .run(scope);
  }

  /** Returns random elements; all scales are finite, because no byte has all high bits set. */
  private static NDArray[] parts(Torch torch, StoredFormat format, int elements, NDManager scope) {
    byte[] bytes = new byte[elements / format.blockElements() * format.fileBytes()];
    new Random(1).nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= (byte) 0xbf;
    }
    float[] factors = format.blockElements() > 1 ? new float[0] : new float[] {0.01f};
    return format
        .ofBlocks(new TensorLoader(torch), ByteBuffer.wrap(bytes), factors, scope)
        .toArray(NDArray[]::new);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f ms", seconds * 1e3);
  }
}
