package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.Colour;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Grounds. */
final class PatternTest {
  private static final int SIDE = 128;

  @ParameterizedTest
  @EnumSource(Colour.class)
  void fill_plain_theColourAndNothingElse(Colour colour) {
    assertThat(filled(Pattern.PLAIN, colour)).containsOnly(colour.paint().getRGB());
  }

  @ParameterizedTest
  @CsvSource({"STRIPED, 0.5", "DOTTED, 0.126", "CHECKERED, 0.5"})
  void fill_pattern_coversAShareInAnotherShade(Pattern pattern, double share) {
    int paint = Colour.GREEN.paint().getRGB();
    long other = Arrays.stream(filled(pattern, Colour.GREEN)).filter(rgb -> rgb != paint).count();
    assertThat(other / (double) (SIDE * SIDE)).isCloseTo(share, within(0.01));
  }

  @Test
  void fill_checkered_fourSquaresAcross() {
    int[] pixels = filled(Pattern.CHECKERED, Colour.RED);
    assertThat(pixels[0]).isNotEqualTo(pixels[32]);
    assertThat(pixels[0]).isEqualTo(pixels[64]).isEqualTo(pixels[31]);
    assertThat(pixels[32 * SIDE]).isEqualTo(pixels[32]);
  }

  @Test
  void fill_darkColour_lighterPattern_lightColour_darkerPattern() {
    assertThat(filled(Pattern.CHECKERED, Colour.BLACK)[0] & 255).isGreaterThan(18);
    assertThat(filled(Pattern.CHECKERED, Colour.WHITE)[0] & 255).isLessThan(250);
  }

  private static int[] filled(Pattern pattern, Colour colour) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    pattern.fill(graphics, colour.paint(), SIDE);
    graphics.dispose();
    return SmallSet.pixels(picture);
  }
}
