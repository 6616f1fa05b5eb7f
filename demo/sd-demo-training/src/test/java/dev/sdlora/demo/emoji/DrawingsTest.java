package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Drawings from sets of SVG and from sets of images. */
final class DrawingsTest {
  private static final Noun UNKNOWN = new Noun("unknown", List.of(), "unknown", "1", 0);

  /** 8 by 8 pixels of red 200, green 40, blue 20 and alpha 128. */
  private static final String WEBP =
      "UklGRiwAAABXRUJQVlA4TCAAAAAvB8ABEChKkUtRwAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

  private final Drawings svg = SmallSet.drawings();

  @Test
  void svg_house_itsColoursWhereTheyAre_nothingAround() {
    BufferedImage house = svg.draw(SmallSet.noun("house"), 64);
    assertThat(house.getRGB(10, 40)).isEqualTo(0xff2850b4);
    assertThat(house.getRGB(32, 50)).isEqualTo(0xfff0dc3c);
    assertThat(house.getRGB(2, 2) >>> 24).isZero();
  }

  @Test
  void svg_colourOfText_isBlack() {
    BufferedImage drawn = svg.draw(SmallSet.noun("recycling symbol"), 32);
    assertThat(drawn.getRGB(16, 20)).isEqualTo(0xff000000);
  }

  @Test
  void svg_alias_theDrawingOfItsParent() {
    assertThat(svg.has(SmallSet.noun("mouse"))).isTrue();
    assertThat(SmallSet.pixels(svg.draw(SmallSet.noun("mouse"), 32)))
        .isEqualTo(SmallSet.pixels(svg.draw(SmallSet.noun("dog"), 32)));
  }

  @Test
  void svg_iconHigherThanItsSet_isAllInTheSquare() {
    BufferedImage umbrella = svg.draw(SmallSet.noun("umbrella"), 64);
    assertThat(umbrella.getRGB(32, 1) >>> 24).isEqualTo(255);
    assertThat(umbrella.getRGB(32, 62) >>> 24).isEqualTo(255);
    assertThat(umbrella.getRGB(8, 32) >>> 24).isZero();
  }

  @Test
  void svg_unknownNoun_isRefused() {
    assertThat(svg.has(UNKNOWN)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> svg.draw(UNKNOWN, 32))
        .withMessageContaining("unknown");
  }

  @Test
  void pictures_webp_coloursAndAlpha() {
    Drawings drawings =
        new ImageDrawings(Map.of("assets/1f408.webp", Base64.getDecoder().decode(WEBP)));
    int pixel = drawings.draw(SmallSet.noun("cat"), 8).getRGB(4, 4);
    assertThat(pixel >>> 24).isEqualTo(128);
    assertThat(pixel >> 16 & 255).isBetween(198, 202);
    assertThat(pixel >> 8 & 255).isBetween(38, 42);
  }

  @Test
  void pictures_nameWithThePointThatAsksForAPicture_isFound() throws IOException {
    Drawings drawings = new ImageDrawings(Map.of("assets/2602-fe0f.png", png(8, 8)));
    assertThat(drawings.has(SmallSet.noun("umbrella"))).isTrue();
    assertThat(drawings.has(SmallSet.noun("cat"))).isFalse();
  }

  @Test
  void pictures_higherThanWide_inTheMiddleOfASquare() throws IOException {
    BufferedImage drawn =
        new ImageDrawings(Map.of("1f408.png", png(20, 40))).draw(SmallSet.noun("cat"), 40);
    assertThat(drawn.getRGB(4, 20) >>> 24).isZero();
    assertThat(drawn.getRGB(20, 1)).isEqualTo(0xff00ff00);
    assertThat(drawn.getRGB(36, 20) >>> 24).isZero();
  }

  @Test
  void pictures_muchSmaller_everyPixelCounts_andNothingBleedsIn() throws IOException {
    BufferedImage fine = new BufferedImage(256, 256, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 256 * 256; i++) {
      // Invisible pixels have a colour, too, which must not show.
      fine.setRGB(i % 256, i / 256, i % 4 == 3 ? 0x00ff0000 : 0xff00ff00);
    }
    BufferedImage drawn =
        new ImageDrawings(Map.of("1f408.png", png(fine))).draw(SmallSet.noun("cat"), 16);
    for (int pixel : SmallSet.pixels(drawn)) {
      assertThat(pixel >>> 24).isBetween(185, 197);
      assertThat(pixel & 0xffffff).isEqualTo(0x00ff00);
    }
  }

  @Test
  void pictures_noPicture_saysWhose() {
    Drawings drawings =
        new ImageDrawings(Map.of("1f408.webp", "none".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> drawings.draw(SmallSet.noun("cat"), 8))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("1f408");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> drawings.draw(SmallSet.noun("dog"), 8))
        .withMessageContaining("1f415");
  }

  private static byte[] png(int width, int height) throws IOException {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.GREEN);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return png(picture);
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", png);
    return png.toByteArray();
  }
}
