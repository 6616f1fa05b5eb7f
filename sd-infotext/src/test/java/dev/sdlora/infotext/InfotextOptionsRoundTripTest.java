package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.infotext.key.ImageSettings;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Tests that the text of a request with any options is the same after parsing it and writing it
 * again.
 */
final class InfotextOptionsRoundTripTest {
  private static final Map<String, String> FACTS =
      Map.of("Model", "m", "Version", "v1.10.1", "TI hashes", "a: 0123456789ab");

  @Property(tries = 1000)
  void write_whatWasReadFromAText_isTheSameText(@ForAll long choice) {
    ImageSettings settings =
        new ImageSettings(spec(new Random(choice)), new ImageSize(512, 768), 42, FACTS);

    String text = Infotext.write(settings);
    PromptSpec read = Infotext.parse(text);

    SpeedOptions speed = settings.spec().speedOptions();
    assertThat(read.speedOptions().guidanceRange()).isEqualTo(speed.guidanceRange());
    assertThat(
            Infotext.write(
                new ImageSettings(read, settings.size(), settings.seed(), read.otherParameters())))
        .isEqualTo(text);
  }

  private static PromptSpec spec(Random random) {
    PromptSpec.Builder spec =
        PromptSpec.builder()
            .prompt(random.nextBoolean() ? "a cat" : "[a:(b):0.5]")
            .sampler(any(random, Sampler.values()))
            .schedule(any(random, Schedule.values()))
            .samplerOptions(samplerOptions(random))
            .speedOptions(speedOptions(random))
            .tiling(any(random, Tiling.values()))
            .finalDecoder(any(random, FinalDecoder.values()))
            .promptOptions(
                PromptOptions.DEFAULTS
                    .withEmphasis(any(random, Emphasis.values()))
                    .withOldEditingTimelines(random.nextBoolean()));
    if (random.nextBoolean()) {
      spec.variation(Variation.of(random.nextLong(), random.nextDouble()));
    }
    if (random.nextBoolean()) {
      spec.upscaling(Upscaler.LANCZOS, 1 + random.nextInt(8));
    }
    switch (random.nextInt(3)) {
      case 0 -> spec.hiresFix(hiresFix(random));
      case 1 -> spec.imageToImage(imageToImage(random));
      default -> {}
    }
    return spec.build();
  }

  private static SamplerOptions samplerOptions(Random random) {
    SamplerOptions.Builder options =
        SamplerOptions.builder()
            .sChurn(number(random))
            .sTmin(number(random))
            .sNoise(number(random))
            .ensd(random.nextInt(3))
            .discardNextToLastSigma(random.nextBoolean())
            .skipUncondBelowSigma(number(random))
            .cfgRescale(random.nextFloat())
            .cfgNormalization(random.nextFloat())
            .zeroTerminalSnr(random.nextBoolean())
            .endAtSigmaMin(true)
            .sigmaMin(number(random) / 100)
            .sigmaMax(random.nextBoolean() ? 0 : 20 + number(random))
            .rho(number(random))
            .betaShape(1 - random.nextDouble(), 1 - random.nextDouble())
            .sgmNoiseMultiplier(random.nextBoolean())
            .uniPcVariant(any(random, SamplerOptions.UniPcVariant.values()))
            .extraNoise(random.nextDouble());
    if (random.nextBoolean()) {
      options.eta(number(random)).etaDdim(random.nextDouble()).order(1 + random.nextInt(4));
    }
    if (random.nextBoolean()) {
      options.shift(1 + random.nextInt(9));
    }
    if (random.nextBoolean()) {
      double start = random.nextDouble();
      options
          .skipLayers(random.nextInt(3), random.nextInt(30))
          .skipLayerScale(random.nextInt(30) / 10.0)
          .skipLayerStart(start)
          .skipLayerEnd(Math.max(start, random.nextDouble()));
    }
    return options.build();
  }

  private static SpeedOptions speedOptions(Random random) {
    SpeedOptions.Builder options =
        SpeedOptions.builder()
            .tokenMergingRatio(random.nextInt(10) / 10.0)
            .tokenMergingMaxDownsample(1 << random.nextInt(4))
            .cacheInterval(1 + random.nextInt(3))
            .cacheBranchId(random.nextInt(3));
    if (random.nextBoolean()) {
      double start = random.nextInt(3) * random.nextDouble() / 4;
      double low = random.nextInt(2) * random.nextDouble();
      options.guidanceRange(
          new GuidanceRange(
              start,
              random.nextBoolean() ? 1 : Math.max(start, random.nextDouble()),
              low,
              random.nextBoolean() ? Double.POSITIVE_INFINITY : low + number(random)));
    }
    return options.build();
  }

  private static HiresFix hiresFix(Random random) {
    HiresFix.Builder hires =
        HiresFix.builder()
            .steps(random.nextInt(3))
            .denoisingStrength(random.nextDouble())
            .tokenMergingRatio(random.nextInt(10) / 10.0)
            .prompt(any(random, new String[] {"", "a cat", "a: \"dog\", 1"}))
            .negativePrompt(any(random, new String[] {"", "x"}))
            .upscaler(any(random, Upscaler.builtIn().toArray(Upscaler[]::new)))
            .scale(1 + random.nextDouble());
    if (random.nextBoolean()) {
      hires.size(new ImageSize(1024, 1024)).sampler(any(random, Sampler.values()));
    }
    if (random.nextBoolean()) {
      hires.schedule(any(random, Schedule.values())).cfgScale(number(random));
      hires.distilledGuidance(number(random));
    }
    return hires.build();
  }

  private static ImageToImage imageToImage(Random random) {
    Image picture = Image.of(1, 1, new byte[3]);
    ImageToImage.Builder image =
        ImageToImage.builder(picture)
            .denoisingStrength(random.nextDouble())
            .noiseMultiplier(random.nextDouble());
    return random.nextBoolean()
        ? image.build()
        : image
            .inpainting(
                Inpainting.builder(picture)
                    .maskBlur(random.nextInt(3))
                    .inverted(random.nextBoolean())
                    .onlyMasked(random.nextBoolean())
                    .padding(random.nextInt(64))
                    .maskedContent(any(random, MaskedContent.values()))
                    .conditionalMaskWeight(random.nextInt(2))
                    .build())
            .build();
  }

  /** Returns 0 in half of all cases. */
  private static double number(Random random) {
    return random.nextBoolean() ? 0 : 10 * random.nextFloat();
  }

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }
}
