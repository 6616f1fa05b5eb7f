package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that the figures of docs come from, as small as they can be. */
final class DocsProgramsIT {
  private static final Pattern SHARE = Pattern.compile(", ([0-9.]+) %$");
  private static final Pattern MEAN = Pattern.compile(" mean ([0-9.]+) ");

  @TempDir Path folder;

  /** A program that prints. */
  private interface Printing {
    void run(String... args) throws IOException;
  }

  private static List<String> printed(Printing program, String... args) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      program.run(args);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void compareRegions_detailStaysInItsHalf() throws IOException {
    List<String> lines = printed(CompareRegions::main, folder.toString(), "2", "5");
    assertThat(lines).hasSize(8);
    assertThat(folder.resolve("regions.png")).isNotEmptyFile();
    String detail =
        lines.stream()
            .filter(line -> line.startsWith("detail_slider") && line.contains("right of ink_lines"))
            .findFirst()
            .orElseThrow();
    Matcher share = SHARE.matcher(detail);
    assertThat(share.find()).as(detail).isTrue();
    assertThat(Double.parseDouble(share.group(1))).as(detail).isLessThan(10);
  }

  @Test
  void compareLoraModes_recommendedSettings_meanIsBelowALevel() throws IOException {
    List<String> lines = printed(CompareLoraModes::main, "1");
    assertThat(lines)
        .hasSize(3)
        .allSatisfy(
            line -> {
              Matcher mean = MEAN.matcher(line);
              assertThat(mean.find()).isTrue();
              assertThat(Double.parseDouble(mean.group(1))).isBetween(0.01, 1.0);
            });
  }

  @Test
  void measureLoraSums_printsARowForEachSum() throws IOException {
    assertThat(printed(MeasureLoraSums::main, "1", "1", "2"))
        .first()
        .asString()
        .startsWith("no LoRA: ")
        .endsWith(" of 1 right");
  }

  @Test
  void showLowRank_drawsPlotAndSheet() throws IOException {
    ShowLowRank.main(new String[] {folder.toString(), "1", "1", "1"});
    assertThat(ImageIO.read(folder.resolve("low-rank.png").toFile()).getWidth()).isEqualTo(760);
    assertThat(ImageIO.read(folder.resolve("low-rank-sheet.png").toFile()).getHeight())
        .isGreaterThan(128);
  }
}
