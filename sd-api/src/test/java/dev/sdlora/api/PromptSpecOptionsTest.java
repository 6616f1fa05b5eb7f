package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.SamplerOptions;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Tests the ranges of a request's options: the smallest and largest values, and those beyond. */
final class PromptSpecOptionsTest {
  private static final Image PICTURE = Image.of(2, 1, new byte[] {1, 2, 3, -4, -5, -6});

  @Test
  void decimals_outOfRange_areRefusedAtOnce() {
    SamplerOptions.Builder sampler = SamplerOptions.builder();
    range(0, 10, sampler::eta);
    range(0, 1, sampler::etaDdim);
    range(0, 1, sampler::cfgRescale);
    range(0, 100, sampler::cfgNormalization);
    range(0, 100, sampler::skipLayerScale);
    range(0, 1, sampler::skipLayerStart);
    range(0, 1, sampler::skipLayerEnd);
    range(0, 1, sampler::extraNoise);
    range(Double.MIN_VALUE, 100, sampler::shift);
    range(0, Double.MAX_VALUE, sampler::sChurn);
    range(0, Double.MAX_VALUE, sampler::skipUncondBelowSigma);
    range(0, 1, ImageToImage.builder(PICTURE)::denoisingStrength);
    range(0, 1.5, ImageToImage.builder(PICTURE)::noiseMultiplier);
    range(1, 8, HiresFix.builder()::scale);
    range(0, 2, ControlUnit.builder(Path.of("net"), PICTURE)::weight);
    range(0, 1, strength -> new Variation(OptionalLong.empty(), strength, Optional.empty()));
    range(1, 8, scale -> PromptSpec.builder().upscaling(Upscaler.LANCZOS, scale));
  }

  @Test
  void sizeOfTheNoise_thatNoImageHas_isRefusedAtOnce() {
    assertThatThrownBy(() -> Variation.NONE.withResizeFrom(new ImageSize(999_992, 999_992)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "size of the noise must have at most 67108864 pixels, such as 8192x8192:"
                + " 999992x999992");
    ImageSize largest = new ImageSize(8192, 8192);
    assertThat(Variation.NONE.withResizeFrom(largest).resizeFrom()).contains(largest);
  }

  @Test
  void integers_outOfRange_areRefusedAtOnce() {
    integers(1, 4, SamplerOptions.builder()::order);
    integers(0, 999, layer -> SamplerOptions.builder().skipLayers(layer));
    integers(0, 64, Inpainting.builder(PICTURE)::maskBlur);
    integers(0, 256, Inpainting.builder(PICTURE)::padding);
    integers(0, 74, PromptOptions.DEFAULTS::withCommaBacktracking);
    integers(0, 1000, HiresFix.builder()::steps);
  }

  @Test
  void combinationsThatExcludeEachOther_areRefusedByBuild() {
    ImageToImage image = ImageToImage.builder(PICTURE).build();
    assertThatThrownBy(
            () ->
                PromptSpec.builder()
                    .imageToImage(image)
                    .hiresFix(HiresFix.builder().build())
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("hiresFix and imageToImage");
    assertThatThrownBy(() -> SamplerOptions.builder().sigmaMin(2).sigmaMax(1).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sigmaMin must be below sigmaMax: 2.0, 1.0");
    assertThatThrownBy(() -> SamplerOptions.builder().skipLayerStart(0.3).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("skipLayerStart must not be above skipLayerEnd: 0.3, 0.2");
    Image mask = Image.of(1, 1, new byte[3]);
    assertThatThrownBy(() -> image.toBuilder().inpainting(Inpainting.builder(mask).build()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the mask must be as large as the image: the mask has 1x1 pixels, the image "
                + PICTURE.width()
                + "x"
                + PICTURE.height());
    assertThatThrownBy(() -> ControlUnit.builder(Path.of("net"), PICTURE).range(0.5, 0.4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PromptSpec.builder().upscaling(Upscaler.LATENT, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Outpainting.of(0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toBuilder_keepsEverything() {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a")
            .promptOptions(PromptOptions.EXACT_A1111)
            .samplerOptions(SamplerOptions.builder().eta(0.5).ensd(1).build())
            .variation(Variation.of(1, 0.5))
            .hiresFix(HiresFix.builder().scale(1.5).build())
            .controlUnit(ControlUnit.builder(Path.of("net"), PICTURE).build())
            .tiling(Tiling.X)
            .vaeTiling(VaeTiling.AUTO)
            .upscaling(Upscaler.NEAREST, 2)
            .build();

    assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
    assertThat(spec.toBuilder().noHiresFix().build().hiresFix()).isEmpty();
    assertThat(spec.samplerOptions().toBuilder().build())
        .usingRecursiveComparison()
        .isEqualTo(spec.samplerOptions());
  }

  @Test
  void builder_usedAfterBuild_leavesTheSpecAlone() {
    PromptSpec.Builder builder = PromptSpec.builder().prompt("a");
    PromptSpec spec = builder.build();
    builder.prompt("b").controlUnit(ControlUnit.builder(Path.of("net"), PICTURE).build());

    assertThat(spec.prompt()).isEqualTo("a");
    assertThat(spec.controlUnits()).isEmpty();
  }

  @Test
  void picture_fromJavasAndBack_isTheSame() {
    assertThat(Image.of(PICTURE.toBufferedImage())).isEqualTo(PICTURE);
    BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    assertThat(Image.of(clear).rgb()).containsExactly(255, 255, 255);
    assertThatThrownBy(() -> Image.of(1, 1, new byte[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void upscaler_latentOnes_areTold() {
    assertThat(Upscaler.builtIn().stream().filter(Upscaler::isLatent)).hasSize(6);
    assertThat(List.of(Upscaler.named("Latent"), Upscaler.of(Path.of("Latent.pth"))))
        .extracting(Upscaler::isLatent)
        .containsExactly(true, false);
  }

  private static void range(double least, double most, DoubleConsumer setter) {
    setter.accept(least);
    setter.accept(most);
    for (double wrong : new double[] {Math.nextDown(least), Math.nextUp(most), Double.NaN}) {
      assertThatThrownBy(() -> setter.accept(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(": " + wrong);
    }
  }

  private static void integers(int least, int most, IntConsumer setter) {
    setter.accept(least);
    setter.accept(most);
    assertThatThrownBy(() -> setter.accept(least - 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> setter.accept(most + 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
