package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Each example about images does what its comment says. */
final class ImageExamplesIT extends RunningExamples {
  @Test
  void textToImage_writesItsPicture() throws IOException {
    TextToImage.main(arguments());
    assertThat(ImageIO.read(file("text-to-image.png")).getWidth()).isEqualTo(128);
  }

  @Test
  void drawBatch_again_drawsNothingAnew() throws IOException {
    DrawBatch.main(arguments());
    byte[] heart = Files.readAllBytes(folder.resolve("batch/heart.png"));
    List<String> results = Files.readAllLines(folder.resolve("batch/results.jsonl"));
    assertThat(results).hasSize(6);
    assertThat(results).last().asString().contains("did you mean 'ink_lines'?");
    Files.delete(folder.resolve("batch/heart.png"));
    DrawBatch.main(arguments());
    assertThat(folder.resolve("batch/heart.png")).hasBinaryContent(heart);
    assertThat(Files.readAllLines(folder.resolve("batch/results.jsonl"))).hasSize(7);
  }

  @Test
  void reproduceFromPng_givesTheSamePixels() throws IOException {
    ReproduceFromPng.main(arguments());
    assertThat(pixels("reproduced.png")).isEqualTo(pixels("original.png"));
    assertThat(pixels("variant.png")).isNotEqualTo(pixels("original.png"));
  }

  @Test
  void showProgressAndCancel_previewIsSmall_andThePipelineGoesOn() throws IOException {
    ShowProgressAndCancel.main(arguments());
    assertThat(ImageIO.read(file("preview.png")).getWidth()).isEqualTo(16);
    assertThat(ImageIO.read(file("after-cancel.png")).getWidth()).isEqualTo(128);
  }

  @Test
  void streamProgress_drawsWhatGenerateDraws() throws IOException {
    StreamProgress.main(arguments());
    assertThat(ImageIO.read(file("streamed.png")).getWidth()).isEqualTo(128);
  }

  @Test
  void redrawPicture_changesMoreWithStrength() throws IOException {
    RedrawImage.main(arguments());
    double little = distance("redraw-before.png", "redraw-0.png");
    double half = distance("redraw-before.png", "redraw-60.png");
    assertThat(little).isLessThan(half);
    assertThat(half).isLessThan(distance("redraw-before.png", "redraw-95.png"));
  }

  @Test
  void repaintPart_leavesTheOtherHalf() throws IOException {
    RepaintPart.main(arguments());
    BufferedImage before = ImageIO.read(file("repaint-before.png"));
    BufferedImage after = ImageIO.read(file("repaint-part.png"));
    BufferedImage wider = ImageIO.read(file("repaint-wider.png"));
    assertThat(pixels("repaint-part.png")).isNotEqualTo(pixels("repaint-before.png"));
    assertThat(wider.getWidth()).isEqualTo(192);
    for (int y = 0; y < 128; y++) {
      assertThat(after.getRGB(120, y)).isEqualTo(before.getRGB(120, y));
      assertThat(wider.getRGB(32 + 64, y)).isEqualTo(before.getRGB(64, y));
    }
  }

  @Test
  void drawLarger_isLarger_andItsLoraActs() throws IOException {
    DrawLarger.main(arguments());
    assertThat(ImageIO.read(file("larger.png")).getWidth()).isEqualTo(192);
    assertThat(pixels("larger.png")).isNotEqualTo(pixels("larger-noto.png"));
  }

  @Test
  void compareVariations_drawsEveryCell() throws IOException {
    CompareVariations.main(arguments());
    BufferedImage grid = ImageIO.read(file("grid-loras.png"));
    assertThat(grid.getWidth()).isGreaterThan(3 * 128);
    assertThat(grid.getHeight()).isBetween(2 * 128, 3 * 128);
    assertThat(ImageIO.read(file("grid-samplers.png")).getHeight()).isGreaterThan(2 * 128);
  }

  private double distance(String one, String other) throws IOException {
    BufferedImage a = ImageIO.read(file(one));
    BufferedImage b = ImageIO.read(file(other));
    double sum = 0;
    for (int y = 0; y < 128; y++) {
      for (int x = 0; x < 128; x++) {
        sum += Math.abs((a.getRGB(x, y) >> 8 & 0xff) - (b.getRGB(x, y) >> 8 & 0xff));
      }
    }
    return sum;
  }

  @Test
  void sources_fitOnAPage() throws IOException {
    try (Stream<Path> sources = Files.list(Path.of("src/main/java/dev/sdlora/examples"))) {
      assertThat(sources.filter(Files::isRegularFile))
          .hasSizeGreaterThan(5)
          .allSatisfy(source -> assertThat(Files.readAllLines(source)).hasSizeLessThan(61));
    }
  }
}
