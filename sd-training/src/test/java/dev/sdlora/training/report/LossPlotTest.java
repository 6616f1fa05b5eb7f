package dev.sdlora.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LossPlotTest {
  @Test
  void draw_losses_showsPointsAndMean() {
    float[] losses = new float[200];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = 1f / (1 + i * 0.02f);
    }

    Set<Integer> colors = colors(LossPlot.draw("discs", losses, 10));

    assertThat(colors).contains(0xff9db8d9, 0xffc0392b, 0xffffffff, 0xff000000);
  }

  @Test
  void draw_none_isAnEmptyPlot() {
    assertThat(colors(LossPlot.draw("nothing", new float[0], 10))).doesNotContain(0xffc0392b);
  }

  private static Set<Integer> colors(BufferedImage image) {
    Set<Integer> colors = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colors.add(image.getRGB(x, y));
      }
    }
    return colors;
  }

  @Test
  void axisEnd_ofLosses_isARoundNumberAbove() {
    assertThat(LossPlot.axisEnd(new float[] {0.03f, 0.13f})).isCloseTo(0.2, within(1e-12));
    assertThat(LossPlot.axisEnd(new float[] {4})).isCloseTo(5, within(1e-12));
    assertThat(LossPlot.axisEnd(new float[] {7})).isCloseTo(10, within(1e-12));
    assertThat(LossPlot.axisEnd(new float[] {})).isEqualTo(1);
  }

  @Test
  void runningMeans_shortWindow_forgetWhatIsOlder() {
    assertThat(LossPlot.runningMeans(new float[] {4, 2, 0, 0}, 2)).containsExactly(4, 3, 1, 0);
  }
}
