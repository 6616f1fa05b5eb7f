package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Compares images of quantised weights as they are stored with those of their values. */
final class HeldImages {
  /** The largest difference in float32, whose sums are added in another order. */
  private static final int LEVEL = 1;

  /** The least similarity in bfloat16, in dB. */
  private static final double CLOSE = 30;

  private HeldImages() {}

  /** Draws the images of the values, and compares. */
  static void assertDrawnAsStored(
      Checkpoint quantised, PromptSpec spec, Path lora, Precision precision) {
    WeightFormat wide =
        precision == Precision.FLOAT32 ? WeightFormat.FLOAT32 : WeightFormat.BFLOAT16;
    try (Pipeline pipeline =
        Pipeline.builder().precision(precision).weights(wide).checkpoint(quantised).build()) {
      List<byte[]> expected =
          Stream.of(spec, with(lora, spec, LoraMode.PATCHED), spec)
              .map(each -> draw(pipeline, each))
              .toList();
      assertDrawnAsStored(quantised, spec, lora, precision, expected);
    }
  }

  /**
   * Compares images without a LoRA, with it, and without it again.
   *
   * @param expected the images of the values
   */
  static void assertDrawnAsStored(
      Checkpoint quantised,
      PromptSpec spec,
      Path lora,
      Precision precision,
      List<byte[]> expected) {
    try (Pipeline pipeline =
        Pipeline.builder().precision(precision).checkpoint(quantised).build()) {
      GenerationResult first = pipeline.generate(spec);
      if (quantised.storage().matches("I?Q\\d.*|float8.*|int8 scaled")) {
        assertThat(first.images().get(0).infotext()).contains("Diffusion in Low Bits: ");
      }
      byte[] plain = first.images().get(0).image().rgb();
      assertAlike(plain, expected.get(0), precision);
      byte[] overlaid = draw(pipeline, with(lora, spec, LoraMode.AUTO));
      assertAlike(overlaid, expected.get(1), precision);
      GenerationResult patched = pipeline.generate(with(lora, spec, LoraMode.PATCHED));
      assertAlike(patched.images().get(0).image().rgb(), expected.get(1), precision);
      assertThat(draw(pipeline, with(lora, spec, LoraMode.AUTO))).isEqualTo(overlaid);
      assertThat(draw(pipeline, spec)).isEqualTo(plain);
    }
  }

  private static PromptSpec with(Path lora, PromptSpec spec, LoraMode mode) {
    return spec.toBuilder().lora(LoraAdapter.open(lora).withStrength(0.8)).loraMode(mode).build();
  }

  private static byte[] draw(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).images().get(0).image().rgb();
  }

  static void assertAlike(byte[] image, byte[] expected, Precision precision) {
    if (precision == Precision.FLOAT32) {
      assertThat(most(image, expected)).isLessThanOrEqualTo(LEVEL);
    } else {
      assertThat(psnr(image, expected)).isGreaterThan(CLOSE);
    }
  }

  private static int most(byte[] a, byte[] b) {
    int most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return most;
  }

  /** Returns the peak signal-to-noise ratio in dB. */
  static double psnr(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (a[i] & 0xff) - (b[i] & 0xff);
      sum += difference * difference;
    }
    return sum == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(255 * 255.0 * a.length / sum);
  }
}
