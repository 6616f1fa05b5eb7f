package dev.sdlora.demo.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.data.Batch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the outputs that a U-Net learns in addition to the noise. */
final class TaughtOutputsTest {
  private static final int SIDE = 8;
  private static final int AREA = SIDE * SIDE;
  private static final int CHANNELS = 2;

  @Test
  void behind_eachMemberHasItsNoiseThenTheCodesThenHalfItsSketch() {
    float[] noise = filled(2 * CHANNELS * AREA, 0);
    float[] sketches = filled(2 * CHANNELS * AREA, 1000);
    float[] pair = new float[2];
    Batch taught =
        TaughtOutputs.behind(
            new Batch(
                noise,
                pair,
                noise,
                pair,
                pair,
                List.of(),
                List.of(),
                SIDE,
                new float[0],
                new float[0]),
            sketches,
            SIDE);
    int own = CHANNELS * AREA;
    int all = TaughtOutputs.count(CHANNELS) * AREA;
    assertThat(taught.noisy()).isEqualTo(noise);
    assertThat(taught.target()).hasSize(2 * all);
    for (int member = 0; member < 2; member++) {
      float[] target = Arrays.copyOfRange(taught.target(), member * all, (member + 1) * all);
      assertThat(Arrays.copyOf(target, own))
          .isEqualTo(Arrays.copyOfRange(noise, member * own, (member + 1) * own));
      assertThat(Arrays.copyOfRange(target, own, all - own)).isEqualTo(PlaceCodes.of(SIDE));
      assertThat(target[all - own]).isEqualTo(500f + member * own / 2f);
      assertThat(target[all - 1]).isEqualTo(500f + (member * own + own - 1) / 2f);
    }
  }

  private static float[] filled(int size, int first) {
    float[] filled = new float[size];
    for (int i = 0; i < size; i++) {
      filled[i] = first + i;
    }
    return filled;
  }

  @Test
  void dropped_keepsTheFirstChannels() {
    float[] weight = new float[TaughtOutputs.count(4) * 9];
    weight[4 * 9 - 1] = 3;
    weight[4 * 9] = 4;
    assertThat(TaughtOutputs.dropped(weight, 4)).hasSize(4 * 9).endsWith(3);
  }
}
