package dev.sdlora.pipeline.speed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageWorkTest {
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false);
  private static final VaeConfig VAE = new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215);

  /**
   * The figures of docs/evidence/measurements.md: 20 calls of SD 1.5's U-Net and one decoding, by
   * the rate of a product on the same machine.
   */
  @ParameterizedTest
  @CsvSource({"401, 4.449, 5.759", "190, 8.073, 10.7"})
  void seconds_ofSd15_areThoseMeasured(double gigaflops, double call, double decoding) {
    double seconds = ImageWork.of(UNET, VAE, 512, 20, 2).seconds(gigaflops * 1e9);
    assertThat(seconds).isCloseTo(20 * call + decoding, Percentage.withPercentage(20));
  }

  @Test
  void seconds_withoutGuidance_areHalfAsManyForCalls() {
    double decoding = ImageWork.of(UNET, VAE, 512, 0, 1).seconds(4e11);
    double guided = ImageWork.of(UNET, VAE, 512, 20, 2).seconds(4e11) - decoding;
    double unguided = ImageWork.of(UNET, VAE, 512, 20, 1).seconds(4e11) - decoding;
    assertThat(unguided).isCloseTo(guided / 2, Percentage.withPercentage(2));
  }

  @Test
  void seconds_atTwiceTheRate_areHalfAsMany() {
    ImageWork work = ImageWork.of(UNET, VAE, 512, 20, 2);
    assertThat(work.seconds(8e11)).isCloseTo(work.seconds(4e11) / 2, Percentage.withPercentage(2));
  }
}
