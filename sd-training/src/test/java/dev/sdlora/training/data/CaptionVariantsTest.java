package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.option.CaptionOptions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CaptionVariantsTest {
  private static final String CAPTION = "mycat, white,sitting , on a sofa,, indoors";

  private static String at(CaptionOptions options, int position) {
    return CaptionVariants.at(options, CAPTION, SeededRandom.of(1, "caption", position));
  }

  @Test
  void at_defaults_isTheCaptionItself() {
    assertThat(at(CaptionOptions.DEFAULTS, 0)).isEqualTo(CAPTION);
  }

  @Test
  void at_shuffledTags_keepsTheFirstOnesAndAllOthers() {
    CaptionOptions options = CaptionOptions.DEFAULTS.withShuffledTags(1);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      String caption = at(options, i);
      assertThat(caption.split(", "))
          .startsWith("mycat")
          .containsExactlyInAnyOrder("mycat", "white", "sitting", "on a sofa", "indoors");
      seen.add(caption);
    }

    assertThat(seen).hasSize(4 * 3 * 2);
  }

  @Test
  void at_tagDropout_leavesOutItsShareInOrder() {
    CaptionOptions options = new CaptionOptions(false, 1, 0.25, 0);
    List<String> tags = List.of("mycat", "white", "sitting", "on a sofa", "indoors");
    int kept = 0;
    for (int i = 0; i < 2000; i++) {
      List<String> own = Arrays.asList(at(options, i).split(", "));
      assertThat(tags).containsSubsequence(own);
      assertThat(own).startsWith("mycat");
      kept += own.size() - 1;
    }

    // Four deviations: sqrt(8000 · 0.25 · 0.75) · 4.
    assertThat(kept).isBetween(6000 - 155, 6000 + 155);
  }

  @Test
  void at_everyTagLeftOut_isEmpty() {
    assertThat(at(CaptionOptions.DEFAULTS.withTagDropout(1), 0)).isEmpty();
  }
}
