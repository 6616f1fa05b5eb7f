package dev.sdlora.benchmarks.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTableTest {
  private static final List<Figure> FIGURES =
      List.of(
          Figure.ceiling("GEMM, float32", "189 GFLOP/s"),
          Figure.share("U-Net", "1.020 s", "GEMM, 389 GFLOP/s", 0.91).aim(0.9),
          Figure.multiple("switch", "0.400 s", "a pass, 0.100 s", 4).aim(3),
          Figure.multiple("peak", "2800 MB", "all weights, 2000 MB", 1.4));

  @TempDir private Path folder;

  private static String printed(Consumer<PrintStream> work) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    work.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String table(List<Figure> figures) {
    return printed(out -> FigureTable.print(figures, out));
  }

  @Test
  void print_figures_isMarkdown() {
    assertThat(table(FIGURES).lines())
        .containsExactly(
            "| figure | value | compared with | ratio | aim |",
            "|---|---|---|---|---|",
            "| GEMM, float32 | 189 GFLOP/s |  |  |  |",
            "| U-Net | 1.020 s | GEMM, 389 GFLOP/s | 91.0 % | at least 90.0 % |",
            "| switch | 0.400 s | a pass, 0.100 s | 4.00 × | at most 3.00 ×, **missed** |",
            "| peak | 2800 MB | all weights, 2000 MB | 1.40 × |  |");
  }

  @Test
  void read_printed_givesTheFigures() throws IOException {
    Path file = folder.resolve("before.md");
    Files.writeString(
        file, "# Title\n\n| a | b |\n|---|---|\n\n" + table(FIGURES) + "\nMore | text\n");
    assertThat(FigureTable.read(file)).isEqualTo(FIGURES);
  }

  @Test
  void read_printedWithEarlierOnes_givesTheFigures() {
    String compared = printed(new Comparison(FIGURES, FIGURES)::print);
    assertThat(FigureTable.read(compared.lines().toList(), "it")).isEqualTo(FIGURES);
    assertThat(compared).contains("No ratio fell");
  }

  @Test
  void compare_worse_isMarked() {
    List<Figure> now = new ArrayList<>(FIGURES);
    now.set(1, Figure.share("U-Net", "1.2 s", "GEMM, 389 GFLOP/s", 0.78));
    now.set(2, Figure.multiple("switch", "0.44 s", "a pass, 0.100 s", 4.4));
    now.set(3, Figure.multiple("top", "1 MB", "2 MB", 0.5));
    Comparison comparison = new Comparison(now, FIGURES);
    assertThat(comparison.anyFell()).isTrue();
    assertThat(printed(comparison::print))
        .contains("| 91.0 % | **-14.3 %** |", "| 4.00 × | -9.1 % |", "| 0.50 × |  |  |  |")
        .contains("Fell by more than 10 %: U-Net.", "Not measured now: peak.");
    assertThat(new Comparison(FIGURES, now).anyFell()).isFalse();
  }

  @Test
  void read_damagedRow_saysWhere() {
    List<String> lines = new ArrayList<>(table(FIGURES).lines().toList());
    lines.set(4, "| switch | 0.4 s | a pass | fast | |");
    assertThatThrownBy(() -> FigureTable.read(lines, "old.md"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("old.md, line 5: expected a ratio")
        .hasMessageContaining("\"fast\"");
    lines.set(4, "| switch | 0.4 s |");
    assertThatThrownBy(() -> FigureTable.read(lines, "old.md"))
        .hasMessageContaining("line 5: expected a row of 5 cells, found 2");
  }

  @Test
  void read_otherFiles_areRefused() throws IOException {
    assertThatThrownBy(() -> FigureTable.read(folder.resolve("none.md")))
        .hasMessageEndingWith("none.md does not exist");
    Path other = Files.writeString(folder.resolve("other.md"), "# Figures\n");
    assertThatThrownBy(() -> FigureTable.read(other))
        .hasMessageContaining("has no table of figures");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> FigureTable.read(binary)).hasMessageContaining("is not UTF-8 text");
  }
}
