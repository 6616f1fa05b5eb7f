package dev.sdlora.api.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTest {
  @ParameterizedTest
  @CsvSource({
    "canny, canny",
    "Canny, canny",
    "invert (from white bg & black line), invert",
    "lineart_standard (from white bg & black line), lineart_standard",
    "color, t2ia_color_grid",
    "blur, blur_gaussian",
    "none, none",
    "hed, softedge_hed",
    "lineart, lineart_realistic",
    "depth_anything_v2, depth_anything_v2",
  })
  void named_namesAndLabels_areFound(String name, String found) {
    assertThat(Preprocessor.named(name).name()).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource({
    "cany, is unknown; did you mean 'canny'?",
    "tile_resampel, is unknown; did you mean 'tile_resample'?",
    "depth_midas, is not supported; 'none'",
    "openpose_full, is not supported; another program preprocessed",
    "lineart_anime, is not supported",
  })
  void named_unknown_saysWhich(String name, String messages) {
    assertThatThrownBy(() -> Preprocessor.named(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("preprocessor '" + name + "'")
        .hasMessageContaining("known values: none, canny")
        .hasMessageContainingAll(messages.split("; "));
  }

  @Test
  void builtIn_haveValidDefaults() {
    assertThat(Preprocessor.builtIn()).startsWith(Preprocessor.NONE, Preprocessor.CANNY);
    for (Preprocessor each : Preprocessor.builtIn()) {
      assertThat(Preprocessor.named(each.label())).isEqualTo(each);
      assertThat(each.resolution()).isEmpty();
      assertThat(each.withThresholds()).isEqualTo(each);
    }
    assertThat(Preprocessor.CANNY.thresholds()).containsExactly(100.0, 200.0);
    assertThat(Preprocessor.CANNY.label()).isEqualTo("canny");
  }

  @Test
  void with_oneThreshold_keepsTheOther() {
    Preprocessor changed = Preprocessor.CANNY.withThresholds(50).withResolution(768);
    assertThat(changed)
        .isEqualTo(
            new Preprocessor("canny", OptionalInt.of(768), List.of(50.0, 200.0), Optional.empty()))
        .hasToString("canny=50/200@768");
    assertThat(Preprocessor.GREY).hasToString("grey");
  }

  @Test
  void with_outOfRange_isRefused() {
    assertThatThrownBy(() -> Preprocessor.CANNY.withThresholds(0, 300))
        .hasMessageContaining("'High Threshold' of preprocessor 'canny'")
        .hasMessageContaining("from 0 to 256: 300");
    assertThatThrownBy(() -> Preprocessor.THRESHOLD.withThresholds(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Preprocessor.GREY.withThresholds(1))
        .hasMessageContaining("'grey' has 0 thresholds: [1.0]");
    assertThatThrownBy(() -> Preprocessor.CANNY.withResolution(0))
        .hasMessageContaining("resolution")
        .hasMessageContaining("from 64 to 2048: 0");
  }
}
