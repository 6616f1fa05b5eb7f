package dev.sdlora.pipeline.detail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.DetailPass.Order;
import dev.sdlora.api.image.Detector.Found;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the choice and order of finds in an image of 100 x 80 pixels. */
class FoundFilterTest {
  private static final Found A = found("a", 0.9, 60, 10, 80, 30);
  private static final Found B = found("b", 0.7, 10, 10, 50, 50);
  private static final Found C = found("c", 0.5, 40, 30, 60, 50);
  private static final Found D = found("d", 0.2, 0, 0, 90, 80);

  private static Found found(
      String label, double confidence, double left, double top, double right, double bottom) {
    return new Found(left, top, right, bottom, confidence, label, Optional.empty());
  }

  private static String names(DetailPass.Builder pass, Found... finds) {
    StringBuilder names = new StringBuilder();
    FoundFilter.of(List.of(finds), pass.build(), 100, 80).forEach(f -> names.append(f.label()));
    return names.toString();
  }

  private static String names(DetailPass.Builder pass) {
    return names(pass, A, B, C, D);
  }

  private static DetailPass.Builder pass() {
    return DetailPass.builder("face");
  }

  @ParameterizedTest
  @CsvSource({"CONFIDENCE, abc", "LEFT_TO_RIGHT, bca", "CENTER_TO_EDGE, cba", "LARGEST, bac"})
  void of_order_isThatOfADetailer(Order order, String expected) {
    assertThat(names(pass().order(order))).isEqualTo(expected);
  }

  @Test
  void of_confidence_isTheLeast() {
    assertThat(names(pass().confidence(0.2))).isEqualTo("abcd");
    assertThat(names(pass().confidence(0.7))).isEqualTo("ab");
    assertThat(names(pass().confidence(1))).isEmpty();
  }

  @Test
  void of_most_keepsTheLargestOrTheMostConfident() {
    // Of equal areas, NumPy's sorted order is read from the end.
    assertThat(names(pass().most(2))).isEqualTo("bc");
    assertThat(names(pass().most(2).mostConfident(true))).isEqualTo("ab");
    assertThat(names(pass().most(9))).isEqualTo("bca");
    assertThat(names(pass().most(2).order(Order.LEFT_TO_RIGHT))).isEqualTo("bc");
  }

  @Test
  void of_share_isThatOfTheBox() {
    assertThat(names(pass().share(0.05, 1))).isEqualTo("abc");
    assertThat(names(pass().share(0.051, 1))).isEqualTo("b");
    assertThat(names(pass().share(0, 0.05))).isEqualTo("ac");
  }

  @Test
  void of_labels_ignoreCase() {
    assertThat(names(pass().labels(List.of("B", "c")))).isEqualTo("bc");
  }

  @Test
  void of_boxesBeyondTheImage_areCut() {
    Found wide = found("w", 1, -10, -5, 20.5, 200);
    Found outside = found("o", 1, 100, 0, 120, 10);

    assertThat(FoundFilter.of(List.of(wide, outside), pass().build(), 100, 80))
        .containsExactly(found("w", 1, 0, 0, 20.5, 80));
  }
}
