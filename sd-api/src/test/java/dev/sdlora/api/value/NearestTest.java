package dev.sdlora.api.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> NAMES = List.of("ink", "moxin", "add-detail v2", "café");

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      textBlock =
          """
          moxim                          ! moxin
          moxin.safetensors              ! moxin
          Moxin.SafeTensors              ! moxin
          loras/moxin.safetensors        ! moxin
          C:\\loras\\moxin.pt            ! moxin
          "moxin"                        ! moxin
          moxin;0.8                      ! moxin
          moxin, 0.8                     ! moxin
          moxin.safetensors;0.8          ! moxin
          moxin：0.8                      ! moxin
          moxin 0.8                      ! moxin
          add detail v2                  ! add-detail v2
          add_detail                     ! add-detail v2
          cafe.pt                        ! café
          moxin_v2.safetensors           ! moxin
          """)
  void to_nameAsPeopleWriteIt_findsTheFile(String wanted, String name) {
    assertThat(Nearest.to(wanted, NAMES)).first().isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "--cfg_scale, --cfg",
    "--step, --steps",
    "--cgf, --cfg",
    "--Hires-Upscale, --hires-upscaler"
  })
  void to_optionAsPeopleWriteIt_findsTheOption(String wanted, String name) {
    List<String> options = List.of("-o", "-n", "--cfg", "--hires-upscaler", "--steps");
    assertThat(Nearest.to(wanted, options)).first().isEqualTo(name);
  }

  @Test
  void to_oneLetter_isNearNoOther() {
    assertThat(Nearest.to("-x", List.of("-o", "-n", "-X"))).containsExactly("-X");
  }

  @ParameterizedTest
  @CsvSource({"something else", "safetensors", "landscape.safetensors", "0.8", "no", "mono", "cat"})
  void to_nothingAlike_isEmpty(String wanted) {
    assertThat(Nearest.to(wanted, NAMES)).isEmpty();
  }
}
