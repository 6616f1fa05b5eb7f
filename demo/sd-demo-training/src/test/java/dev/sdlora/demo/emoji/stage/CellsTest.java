package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A latent in cells. */
final class CellsTest {
  private static final int SIDE = AutoencoderStage.LATENT_SIDE;

  private final float[] latent = latent();

  private static float[] latent() {
    SplittableRandom random = new SplittableRandom(1);
    float[] latent = new float[4 * SIDE * SIDE];
    for (int i = 0; i < latent.length; i++) {
      latent[i] = (float) random.nextGaussian();
    }
    return latent;
  }

  @Test
  void latents_ofTwoPicturesCells_areTheSame() {
    float[] other = latent();
    other[7] = 5;
    assertThat(Cells.latents(twice(Cells.of(latent), Cells.of(other))))
        .containsExactly(twice(latent, other));
  }

  private static float[] twice(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  void cells_rowByRow_eachWithItsPartAndItsNumber() {
    float[] cells = Cells.of(latent);
    assertThat(cells).hasSize(Cells.COUNT * Cells.NUMBERS);
    // The second place of the first row, in the third channel, of the last cell.
    int last = (Cells.COUNT - 1) * Cells.NUMBERS;
    assertThat(cells[last + 4 + 2]).isEqualTo(latent[2 * SIDE * SIDE + 12 * SIDE + 13]);
    for (int cell = 0; cell < Cells.COUNT; cell++) {
      for (int number = 0; number < Cells.COUNT; number++) {
        float predicted = cells[(cell + 1) * Cells.NUMBERS - Cells.COUNT + number];
        assertThat(predicted > 0).isEqualTo(cell == number);
      }
    }
  }
}
