package dev.sdlora.api.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnionTypeTest {
  @ParameterizedTest
  @CsvSource({
    "none, ",
    "canny, HARD_EDGE",
    "softedge_gradient, SOFT_EDGE",
    "lineart_standard, HARD_EDGE",
    "scribble_xdog, SOFT_EDGE",
    "invert, ",
    "threshold, ",
    "grey, ",
    "tile_resample, TILE",
    "blur_gaussian, TILE",
    "t2ia_color_grid, "
  })
  void ofPreprocessor_oneType_isKnown(String preprocessor, UnionType type) {
    assertThat(UnionType.ofPreprocessor(preprocessor)).isEqualTo(Optional.ofNullable(type));
  }

  @Test
  void parse_everyName_isFound() {
    int number = 0;
    for (UnionType type : UnionType.values()) {
      assertThat(type.number()).isEqualTo(number++);
      assertThat(UnionType.parse(type.id())).isEqualTo(type);
      assertThat(UnionType.parse(type.label())).isEqualTo(type);
    }
    assertThat(number).isEqualTo(UnionType.PROMAX);
    assertThat(UnionType.names(UnionType.UNION)).endsWith("segment");
    assertThat(UnionType.parse("Normal_Map")).isEqualTo(UnionType.NORMAL);
    assertThatThrownBy(() -> UnionType.parse("linart"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean 'lineart'?");
  }
}
