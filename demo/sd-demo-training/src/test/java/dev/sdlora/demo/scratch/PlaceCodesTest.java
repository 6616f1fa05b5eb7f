package dev.sdlora.demo.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the codes for the positions of a latent. */
final class PlaceCodesTest {
  private static final int SIDE = 16;
  private static final int AREA = SIDE * SIDE;

  @Test
  void of_everyPlaceHasFourCodesThatNoOtherHas() {
    float[] codes = PlaceCodes.of(SIDE);
    assertThat(codes).hasSize(PlaceCodes.COUNT * AREA);
    assertThat(IntStream.range(0, AREA).mapToObj(place -> marked(codes, place)))
        .doesNotHaveDuplicates()
        .allSatisfy(marked -> assertThat(marked).hasSize(4));
  }

  private static List<Integer> marked(float[] codes, int place) {
    return IntStream.range(0, PlaceCodes.COUNT)
        .filter(code -> codes[code * AREA + place] > 0)
        .boxed()
        .toList();
  }
}
