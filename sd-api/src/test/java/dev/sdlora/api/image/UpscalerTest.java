package dev.sdlora.api.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Tests the names of upscalers. */
class UpscalerTest {

  @Test
  void named_builtIn_isFoundInAnyCase() {
    for (Upscaler upscaler : Upscaler.builtIn()) {
      String small = upscaler.name().toLowerCase(Locale.ROOT);
      assertThat(Upscaler.named(small)).isEqualTo(upscaler);
      assertThat(Upscaler.named(small).isLatent()).isEqualTo(upscaler.isLatent());
    }
    assertThat(Upscaler.named("LATENT")).isEqualTo(Upscaler.LATENT);
  }

  @Test
  void named_network_keepsItsName() {
    assertThat(Upscaler.named("4x-UltraSharp").name()).isEqualTo("4x-UltraSharp");
    assertThat(Upscaler.named("Latent (sharp)").isLatent()).isFalse();
  }

  @Test
  void named_blank_isRefused() {
    assertThatThrownBy(() -> Upscaler.named(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
