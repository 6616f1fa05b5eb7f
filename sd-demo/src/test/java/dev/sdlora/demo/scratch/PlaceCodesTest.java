package dev.sdlora.demo.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a U-Net is asked for beside the noise. */
final class PlaceCodesTest {
  private static final int SIDE = 16;
  private static final int AREA = SIDE * SIDE;

  @Test
  void behind_twoMembers_eachKeepsItsOwnAndEveryPlaceHasFourCodes() {
    float[] wanted = new float[2 * AREA];
    wanted[5] = 1;
    wanted[AREA + 7] = 2;
    float[] target = PlaceCodes.behind(wanted, 2, SIDE);
    int member = (1 + PlaceCodes.COUNT) * AREA;
    assertThat(target).hasSize(2 * member);
    assertThat(target[5]).isEqualTo(1);
    assertThat(target[member + 7]).isEqualTo(2);
    for (int place = 0; place < AREA; place++) {
      int marked = 0;
      for (int code = 1; code <= PlaceCodes.COUNT; code++) {
        marked += target[member + code * AREA + place] > 0 ? 1 : 0;
      }
      assertThat(marked).as("codes of place %s", place).isEqualTo(4);
    }
  }

  @Test
  void behind_noTwoPlacesHaveTheSameCodes() {
    float[] target = PlaceCodes.behind(new float[AREA], 1, SIDE);
    assertThat(IntStream.range(0, AREA).mapToObj(place -> codes(target, place)))
        .doesNotHaveDuplicates();
  }

  private static String codes(float[] target, int place) {
    StringBuilder codes = new StringBuilder();
    for (int code = 1; code <= PlaceCodes.COUNT; code++) {
      codes.append(target[code * AREA + place] > 0 ? 1 : 0);
    }
    return codes.toString();
  }

  @Test
  void dropped_keepsTheFirstChannels() {
    float[] weight = new float[(4 + PlaceCodes.COUNT) * 9];
    weight[4 * 9 - 1] = 3;
    weight[4 * 9] = 4;
    assertThat(PlaceCodes.dropped(weight, 4)).hasSize(4 * 9).endsWith(3);
  }
}
