package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.pipeline.speed.ProductRate;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures the limits of the machine: a large matrix product (GEMM) and a pass that reads and
 * writes all elements of many matrices, in each dtype; and reading a file from the page cache, one
 * megabyte at a time on one thread.
 */
public final class CeilingsBenchmark {
  private static final int MATRICES = 8;
  private static final int PIECE = 1 << 20;

  private CeilingsBenchmark() {}

  /** Runs the benchmark: {@code FILE [--gemm SIDE] [--rounds N]}. */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "CeilingsBenchmark FILE [--gemm SIDE] [--rounds N]",
            Map.of("--gemm", ProductRate.SIDE, "--rounds", 5));
    FigureTable.print(run(arguments));
  }

  /** Measures all limits; the best of several rounds counts. */
  static List<Figure> run(Arguments arguments) throws IOException {
    int side = arguments.number("--gemm");
    int rounds = arguments.number("--rounds");
    List<Figure> figures = new ArrayList<>();
    try (Torch torch = Torch.open("cpu")) {
      for (ScalarType type : List.of(ScalarType.FLOAT32, ScalarType.BFLOAT16)) {
        figures.add(
            Figure.ceiling(
                "GEMM of side %s, %s".formatted(side, Arguments.name(type)),
                Figure.gigaflops(ProductRate.of(torch, side, type))));
      }
      for (ScalarType type : List.of(ScalarType.FLOAT32, ScalarType.BFLOAT16)) {
        figures.add(
            Figure.ceiling(
                "read-and-write pass, " + Arguments.name(type),
                gigabytes(passRate(torch, type, side, rounds)) + ", read and written together"));
      }
    }
    figures.add(
        Figure.ceiling(
            "reading a file, page cache", gigabytes(readRate(arguments.file(), rounds))));
    return figures;
  }

  private static double passRate(Torch torch, ScalarType type, int side, int rounds) {
    FloorPass pass = new FloorPass(torch);
    double best = Double.POSITIVE_INFINITY;
    try (NDManager scope = torch.scope()) {
      NDArray[] matrices =
          IntStream.range(0, MATRICES)
              .mapToObj(i -> ProductRate.square(torch, scope, type, side))
              .toArray(NDArray[]::new);
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        pass.run(matrices);
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return 2.0 * MATRICES * side * side * type.bytes() / best;
  }

  private static double readRate(Path file, int rounds) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    double best = Double.POSITIVE_INFINITY;
    long length;
    try (FileChannel channel = FileChannel.open(file)) {
      length = channel.size();
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        long at = 0;
        while (at < length) {
          at += Math.max(1, channel.read(buffer.clear(), at));
        }
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return length / best;
  }

  private static String gigabytes(double rate) {
    return String.format(Locale.ROOT, "%.1f GB/s", rate / 1e9);
  }
}
