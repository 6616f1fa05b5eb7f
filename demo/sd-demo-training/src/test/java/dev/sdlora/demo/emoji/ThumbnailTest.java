package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.Colour;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** Images held against each other. */
final class ThumbnailTest {
  private static final Color INK = new Color(30, 60, 90);

  @Test
  void share_onTheWay_howFar() {
    Thumbnail from = of(new Color(100, 100, 100), 0);
    Thumbnail to = of(new Color(140, 60, 200), 0);
    assertThat(from.share(from, to)).isCloseTo(0, within(1e-9));
    assertThat(to.share(from, to)).isCloseTo(1, within(1e-9));
    assertThat(of(new Color(110, 90, 125), 0).share(from, to)).isCloseTo(0.25, within(1e-9));
    assertThat(of(new Color(60, 140, 0), 0).share(from, to)).isCloseTo(-1, within(1e-9));
  }

  @Test
  void share_noWay_isRefused() {
    Thumbnail same = of(INK, 0);
    assertThatIllegalArgumentException().isThrownBy(() -> same.share(same, same));
  }

  @Test
  void likeness_samePictureAFewPixelsAside_isOne() {
    assertThat(of(INK, 0).likeness(of(INK, 0), Colour.WHITE)).isCloseTo(1, within(1e-9));
    assertThat(of(INK, 8).likeness(of(INK, 0), Colour.WHITE)).isCloseTo(1, within(1e-9));
    assertThat(of(INK, 24).likeness(of(INK, 0), Colour.WHITE)).isLessThan(0.9);
  }

  @Test
  void likeness_nothingOnTheGround_isZero() {
    Thumbnail nothing = of(Colour.WHITE.paint(), 0);
    assertThat(nothing.likeness(of(INK, 0), Colour.WHITE)).isCloseTo(0, within(1e-9));
  }

  @Test
  void of_sideThatIsNoMultiple_isRefused() {
    BufferedImage picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    assertThatIllegalArgumentException().isThrownBy(() -> Thumbnail.of(picture));
  }

  /** A square in the middle of white, moved to the right. */
  private static Thumbnail of(Color colour, int moved) {
    BufferedImage picture = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Colour.WHITE.paint());
    graphics.fillRect(0, 0, 128, 128);
    graphics.setColor(colour);
    graphics.fillRect(40 + moved, 40, 48, 48);
    graphics.dispose();
    return Thumbnail.of(picture);
  }
}
