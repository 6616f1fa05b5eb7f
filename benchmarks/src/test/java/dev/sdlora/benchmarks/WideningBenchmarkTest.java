package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.benchmarks.figure.Figure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WideningBenchmarkTest {
  @Test
  void run_smallLayer_hasAFigureForEachFormat() {
    String[] words = {"none", "--size", "64", "--tokens", "8", "--rounds", "1"};
    List<Figure> figures =
        WideningBenchmark.run(
            Arguments.parse(
                words, "usage", Map.of("--size", 9216, "--tokens", 1536, "--rounds", 9)));
    assertThat(figures).hasSize(16).allMatch(figure -> figure.ratio() != null);
    assertThat(figures)
        .extracting(Figure::name)
        .contains("layer of 64 by 256, 8 tokens, weight kept in Q4_K");
  }
}
