package dev.sdlora.families.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests estimates against measured peaks of resident memory of each network of the demo model; the
 * heap was resident before.
 */
class NetworkMemoryTest {
  private static final double MIB = 1 << 20;
  private static final int NUMBER = 4;

  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(64, 96, 128), 1, List.of(0, 1, 1), 1, 4, 64, false);
  private static final VaeConfig VAE = new VaeConfig(List.of(64, 64, 64, 64), 1, 4, 0.18215);
  private static final UNetConfig SD15_UNET =
      new UNetConfig(4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false);
  private static final VaeConfig SD15_VAE =
      new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215);

  /** The tolerance is a quarter. */
  @ParameterizedTest
  @CsvSource({"512, false, 256.0, 256.8", "1024, true, 588.3, 522.2"})
  void vae_demoModel_isWhatWasMeasured(int side, boolean strips, double encode, double decode) {
    double pixels = (double) side * side;
    assertThat(NetworkMemory.encode(VAE, pixels, strips, NUMBER).bytes() / MIB)
        .isCloseTo(encode, withPercentage(25));
    assertThat(NetworkMemory.decode(VAE, pixels, strips, NUMBER).bytes() / MIB)
        .isCloseTo(decode, withPercentage(25));
  }

  @Test
  void unet_demoModel_isWhatWasMeasured() {
    assertThat(NetworkMemory.unet(UNET, 128, 128, NUMBER, 2).bytes() / MIB)
        .isCloseTo(115.4, withPercentage(25));
  }

  /** SD 1.5 has 12,480 channels of keys and as many of values in sixteen layers. */
  @Test
  void textKeys_growWithRowsTokensAndTexts() {
    double numbers = 2 * 12_480.0 * 2 * 77;
    AllocatedBytes one = NetworkMemory.textKeys(SD15_UNET, NUMBER, 2, 77, 1);
    assertThat(one.bytes()).isBetween(NUMBER * numbers, 1.5 * NUMBER * numbers);
    assertThat(NetworkMemory.textKeys(SD15_UNET, NUMBER, 2, 77, 4).bytes())
        .isCloseTo(4 * one.bytes(), withPercentage(1));
    assertThat(NetworkMemory.textKeys(SD15_UNET, NUMBER, 4, 154, 1).bytes())
        .isCloseTo(4 * one.bytes(), withPercentage(1));
  }

  @Test
  void vae_strips_needLessOfALargePicture() {
    double pixels = 2048 * 2048;
    assertThat(NetworkMemory.decode(SD15_VAE, pixels, true, NUMBER).bytes())
        .isLessThan(0.7 * NetworkMemory.decode(SD15_VAE, pixels, false, NUMBER).bytes());
    assertThat(NetworkMemory.encode(SD15_VAE, pixels, true, NUMBER).bytes())
        .isLessThan(0.7 * NetworkMemory.encode(SD15_VAE, pixels, false, NUMBER).bytes());
  }

  /**
   * From a log: blocks of 16.8, 16.8 and 8.4 MB: the input of a residual block, normalised,
   * convolved.
   */
  @Test
  void decode_layersOfOneStrip_areNormedAndConvolvedOnce() {
    VaeConfig bundled = new VaeConfig(List.of(32, 64, 64, 128), 1, 4, 0.18215);
    double pixels = 256 * 256;
    assertThat(NetworkMemory.decode(bundled, pixels, true, NUMBER).most())
        .isEqualTo(1.5 * NUMBER * pixels * (64 + 64 + 32));
  }

  @Test
  void blocks_of32MegabytesAndMore_areMappedByThemselves() {
    // Four tensors are live at the end of the decoder, with 32 channels here.
    VaeConfig narrow = new VaeConfig(List.of(32, 32, 32, 32), 1, 4, 0.18215);
    double pixels = 512 * 504;
    AllocatedBytes below = NetworkMemory.decode(narrow, pixels, false, NUMBER);
    assertThat(below.mapped()).isZero();
    assertThat(below.most()).isEqualTo(1.5 * 4 * 32 * NUMBER * pixels);
    assertThat(below.bytes()).isEqualTo(below.most());
    pixels = 512 * 512;
    AllocatedBytes from = NetworkMemory.decode(narrow, pixels, false, NUMBER);
    assertThat(from.mapped()).isEqualTo(4 * 32 * NUMBER * pixels);
    // The previous level is in arenas, has a quarter of the size, and its memory is kept.
    assertThat(from.bytes()).isEqualTo(from.mapped() + 1.5 * 4 * 32 * NUMBER * pixels / 4);
  }

  @Test
  void all_anySize_growWithThePixelsAndNeverOverflow() {
    double before = 0;
    for (long side = 64; side < 1 << 24; side *= 2) {
      double pixels = (double) side * side;
      double sum =
          NetworkMemory.unet(SD15_UNET, side / 8.0, side / 8.0, NUMBER, 1)
              .and(NetworkMemory.residuals(SD15_UNET, side / 8.0, side / 8.0, 1))
              .and(NetworkMemory.encode(SD15_VAE, pixels, true, NUMBER))
              .and(NetworkMemory.decode(SD15_VAE, pixels, true, NUMBER))
              .bytes();
      assertThat(sum).isGreaterThan(2 * before).isFinite();
      before = sum;
    }
  }
}
