package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import java.io.ByteArrayInputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;

/** Tests that a request read from an image reproduces the image. */
@Tag("slow")
final class ImageRoundTripTest {
  private static final TinyPipeline TINY = new TinyPipeline();

  private static final String TAG = "<lora:tiny_lora:0.7>";

  /** DPM adaptive chooses its own steps, sometimes thousands. */
  private static final Set<Sampler> SLOW = EnumSet.of(Sampler.DPM_ADAPTIVE);

  private static final Sampler[] SAMPLERS =
      EnumSet.complementOf(EnumSet.copyOf(SLOW)).toArray(Sampler[]::new);

  @AfterContainer
  static void close() {
    TINY.close();
  }

  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void fromImage_ofAnyRequest_makesThePictureAgain(@ForAll long choice) {
    PromptSpec spec = spec(new Random(choice));
    assertThat(spec.notInMetadata()).isEmpty();

    GenerationResult first = drawOrPass(spec);
    PromptSpec read = PromptSpec.fromImage(new ByteArrayInputStream(first.first().png()));
    GenerationResult again = TINY.pipeline().generate(read);

    assertThat(again.first().image()).as(first.first().infotext()).isEqualTo(first.first().image());
    assertThat(again.warnings()).isEqualTo(first.warnings());
    assertThat(again.first().infotext()).isEqualTo(first.first().infotext());
  }

  /** Some options do not apply to some samplers. */
  private static GenerationResult drawOrPass(PromptSpec spec) {
    try {
      return TINY.pipeline().generate(spec);
    } catch (IllegalArgumentException e) {
      Assume.that(false);
      throw e;
    }
  }

  @Example
  void fromImage_hiresFixWithItsOwnSampler_makesThePictureAgain() {
    PromptSpec spec =
        TinyPipeline.SPEC.toBuilder()
            .hiresFix(HiresFix.builder().scale(1.5).sampler(Sampler.EULER_A).build())
            .build();
    GenerationResult first = TINY.pipeline().generate(spec);

    assertThat(first.first().infotext()).contains("Hires schedule type: Automatic");
    assertThat(TINY.draw(PromptSpec.fromInfotext(first.first().infotext())))
        .isEqualTo(first.first().image());
  }

  @Example
  void fromImage_ofImageToImage_saysWhatIsMissing() {
    PromptSpec spec =
        TinyPipeline.redrawing(
            ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(0.5));
    assertThat(spec.notInMetadata()).containsExactly("imageToImage");

    GenerationResult drawn =
        TINY.pipeline()
            .generate(PromptSpec.fromInfotext(TINY.pipeline().generate(spec).first().infotext()));

    assertThat(drawn.warnings())
        .containsExactly(
            "the text is from an image that was made from another image (img2img, denoising"
                + " strength 0.5), which is not stored in the text; without it the request starts"
                + " from noise");
  }

  private static PromptSpec spec(Random random) {
    Sampler sampler = any(random, SAMPLERS);
    PromptSpec.Builder spec =
        PromptSpec.builder()
            .size(64, 64 + 8 * random.nextInt(2))
            .seed(random.nextLong())
            .steps(3 + random.nextInt(2))
            .rng(any(random, Rng.values()))
            .prompt(any(random, "a cat", "a (cat:1.4) [dog:bird:0.5]", "a cat BREAK dog " + TAG))
            .negativePrompt(any(random, "", "ugly", "[ugly] <lora:tiny_lora:-0.6>"))
            .cfgScale(any(random, 1.0, 4.5, 7.0))
            .sampler(sampler)
            .schedule(any(random, Schedule.values()))
            .samplerOptions(samplerOptions(random))
            .clipSkip(1 + random.nextInt(2))
            .tiling(any(random, Tiling.values()))
            .vaeTiling(any(random, VaeTiling.values()))
            .loraMode(any(random, LoraMode.values()))
            .lenient(random.nextBoolean())
            .speedOptions(
                SpeedOptions.builder()
                    .guidanceRange(
                        any(
                            random,
                            GuidanceRange.ALL,
                            GuidanceRange.ofSteps(0.2, 1),
                            GuidanceRange.ofSteps(0, 0.6),
                            GuidanceRange.ofSigmas(0.5, 5)))
                    .cacheInterval(any(random, 1, 2))
                    .build())
            .promptOptions(
                PromptOptions.DEFAULTS
                    .withEmphasis(any(random, Emphasis.values()))
                    .withStyles(
                        random.nextBoolean()
                            ? List.of()
                            : List.of(new Style("s", "{prompt}, (ink:1.2)", "bad")))
                    .withNegativeLoras(random.nextBoolean())
                    .withCommaBacktracking(random.nextInt(75))
                    .withPadConds(random.nextBoolean())
                    .withOldEditingTimelines(random.nextBoolean()));
    if (random.nextBoolean()) {
      spec.lora(
          LoraAdapter.open(Fixtures.LORAS.resolve("tiny_lora.safetensors")).withStrength(0.9));
    }
    if (random.nextInt(3) == 0) {
      Variation variation = Variation.of(random.nextLong(), random.nextDouble());
      spec.variation(
          random.nextBoolean() ? variation : variation.withResizeFrom(new ImageSize(72, 64)));
    }
    if (random.nextInt(3) == 0) {
      spec.upscaling(Upscaler.LANCZOS, 1 + random.nextDouble());
    }
    if (random.nextBoolean()) {
      spec.hiresFix(hiresFix(random));
    }
    return spec.build();
  }

  private static SamplerOptions samplerOptions(Random random) {
    SamplerOptions.Builder options =
        SamplerOptions.builder()
            .sChurn(any(random, 0.0, 2.0))
            .sTmin(any(random, 0.0, 0.2))
            .sTmax(any(random, 0.0, 9.0))
            .sNoise(any(random, 1.0, 1.01))
            .ensd(random.nextInt(3))
            .discardNextToLastSigma(random.nextBoolean())
            .skipUncondBelowSigma(any(random, 0.0, 3.0))
            .cfgRescale(any(random, 0.0, 0.3))
            .zeroTerminalSnr(random.nextInt(8) == 0)
            .sigmaMin(any(random, 0.0, 0.05))
            .sigmaMax(any(random, 0.0, 12.5))
            .rho(any(random, 0.0, 5.0))
            .betaShape(any(random, 0.6, 0.5), any(random, 0.6, 0.7))
            .sgmNoiseMultiplier(random.nextBoolean())
            .uniPcVariant(any(random, SamplerOptions.UniPcVariant.values()))
            .extraNoise(any(random, 0.0, 0.1));
    if (random.nextBoolean()) {
      options
          .eta(any(random, 0.0, 0.6))
          .etaDdim(any(random, 0.0, 0.5))
          .order(1 + random.nextInt(3));
    }
    return options.build();
  }

  private static HiresFix hiresFix(Random random) {
    HiresFix.Builder hires =
        HiresFix.builder()
            .steps(random.nextInt(2) * 3)
            .denoisingStrength(0.3 + 0.6 * random.nextDouble())
            .prompt(any(random, "", "a \"dog\", (red:1.3)", "a dog " + TAG))
            .negativePrompt(any(random, "", "[bad: worse]"))
            .upscaler(any(random, Upscaler.builtIn().toArray(Upscaler[]::new)))
            .scale(1.3);
    if (random.nextBoolean()) {
      hires.size(new ImageSize(80, 96));
    }
    if (random.nextBoolean()) {
      hires.sampler(any(random, SAMPLERS));
    }
    if (random.nextBoolean()) {
      hires.schedule(any(random, Schedule.values()));
    }
    if (random.nextBoolean()) {
      hires.cfgScale(any(random, 1.0, 3.0));
    }
    return hires.build();
  }

  @SafeVarargs
  private static <T> T any(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }
}
