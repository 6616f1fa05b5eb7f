package dev.sdlora.api.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegionMaskTest {
  private static final Image PICTURE = Image.of(1, 1, new byte[3]);

  @Test
  void rectangle_shares_coversThem() {
    RegionMask mask = RegionMask.rectangle(0.25, 0, 0.501, 0.5);
    Image picture = mask.image();
    byte[] rgb = picture.rgb();
    double sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      sum += (rgb[i] & 0xff) / 255.0 / (picture.width() * picture.height());
      boolean inside = i / 3 % picture.width() >= picture.width() / 4;
      assertThat(inside || rgb[i] == 0).isTrue();
    }
    // Its last column is only partly covered, which rounds to a grey level.
    assertThat(sum).isBetween(0.1250, 0.1260);
    assertThat(mask.blur()).isEqualTo(8);
    assertThat(mask.withBlur(3)).isEqualTo(RegionMask.of(picture).withBlur(3)).isNotEqualTo(mask);
  }

  @ParameterizedTest
  @CsvSource({"0.5,0,0.5,1", "0,0.7,1,0.2", "-0.1,0,1,1", "0,0,1.1,1", "NaN,0,1,1"})
  void rectangle_noRectangle_isRefused(double left, double top, double right, double bottom) {
    assertThatThrownBy(() -> RegionMask.rectangle(left, top, right, bottom))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void withBlur_outOfRange_isRefused() {
    RegionMask mask = RegionMask.of(PICTURE);
    assertThatThrownBy(() -> mask.withBlur(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mask.withBlur(257)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " left", "left ", "a:b", "a>b", "a=b", "a<b", "a,b", "a\nb", "#a"})
  void mask_nameThatTagsCannotSay_isRefused(String name) {
    assertThatThrownBy(() -> PromptSpec.builder().mask(name, PICTURE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the name of a mask must be");
  }

  @Test
  void mask_namesThatTagsCanSay_areKeptInOrder() {
    PromptSpec.Builder builder =
        PromptSpec.builder()
            .mask("my face", PICTURE)
            .mask("Wald_2", PICTURE)
            .mask("\u68ee", PICTURE);
    PromptSpec spec = builder.build();
    assertThat(spec.masks()).containsOnlyKeys("my face", "Wald_2", "\u68ee");
    assertThat(builder.noMasks().build().masks()).isEmpty();
    assertThat(spec.masks()).hasSize(3);
  }
}
