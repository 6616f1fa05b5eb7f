package dev.sdlora.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlPageTest {
  @TempDir private Path folder;

  @Property
  void escape_anyText_hasNoMarkupAndCanBeEncoded(@ForAll String text) {
    String escaped = HtmlPage.escape(text);
    assertThat(escaped).doesNotContain("<", ">", "\"", "'", "\0");
    assertThat(escaped.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
    assertThat(new String(escaped.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(escaped);
  }

  @Test
  void page_textsWithMarkup_areTexts() {
    String bad = "<img src=x onerror=alert(1)> & \"quoted\"";
    String page =
        new HtmlPage(bad)
            .heading(bad)
            .paragraph(bad)
            .list(List.of(bad))
            .table(List.of(bad), List.of(List.of(bad)))
            .details(bad, List.of(), List.of(List.of(bad)))
            .images(bad, List.of(bad), List.of(bad), List.of(List.of(Optional.of(bad))))
            .chart(new BarTable(bad, List.of(bad), value -> bad).row(bad, List.of(1.0)))
            .chart(new LineChart(bad, 10, 0, 1).line(new double[] {1}, new double[] {1}, true))
            .text();
    assertThat(page).doesNotContain("<img src=x", "\"quoted\"").contains("&lt;img src=x");
    assertThat(page).startsWith("<!DOCTYPE html>").contains("default-src 'none'");
  }

  @Test
  void lineChart_valuesOutside_stayInside() {
    String svg =
        new LineChart("a", 10, 0, 2)
            .points(new double[] {0, 5, 10}, new double[] {-1, 1, 9})
            .line(new double[] {0, 10}, new double[] {Double.NaN, 1}, false)
            .svg();
    assertThat(svg)
        .contains(
            "cx=\"70.0\" cy=\"320.0\"", "cx=\"505.0\" cy=\"170.0\"", "cx=\"940.0\" cy=\"20.0\"")
        .contains("points=\"940.0,170.0\"")
        .doesNotContain("NaN");
  }

  @Test
  void barChart_values_haveLengthsInProportion() {
    String html =
        new BarTable("a", List.of("one", "two"), Double::toString)
            .row("x", List.of(1.0, 2.0))
            .row("y", List.of(Double.NaN, 4.0))
            .html();
    assertThat(html)
        .contains("bar one\" style=\"width:25.0%\"", "bar two\" style=\"width:50.0%\"")
        .contains("bar two\" style=\"width:100.0%\"", ">–<");
  }

  @Test
  void inlineImage_largeImage_isReduced() throws IOException {
    Path file = folder.resolve("a.png");
    ImageIO.write(new BufferedImage(2000, 1000, BufferedImage.TYPE_INT_ARGB), "png", file.toFile());
    String uri = InlineImage.of(file).orElseThrow();
    assertThat(uri).startsWith("data:image/jpeg;base64,");
    BufferedImage read =
        ImageIO.read(
            new ByteArrayInputStream(
                Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1))));
    assertThat(read.getWidth()).isEqualTo(512);
    assertThat(read.getHeight()).isEqualTo(256);
    // Transparent areas become white.
    assertThat(read.getRGB(10, 10)).isEqualTo(0xffffffff);
  }

  @Test
  void inlineImage_noImage_isLeftOut() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "no image");
    assertThat(InlineImage.of(text)).isEmpty();
    assertThat(InlineImage.of(folder.resolve("gone.png"))).isEmpty();
  }
}
