package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of models whose weights are held in other formats than the dtype of the computation. */
@Tag("slow")
class HeldWeightsTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a red cat").size(64, 64).steps(2).seed(7).build();

  private static byte[] draw(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).images().get(0).image().rgb();
  }

  private static Checkpoint checkpoint(String model) {
    return Checkpoint.open(
        switch (model) {
          case "sd1" -> TinyModels.CHECKPOINT;
          case "klein" -> TinyTransformers.kleinFolder();
          default -> TinyTransformers.zImageFolder();
        });
  }

  private static Path lora(String model) {
    return switch (model) {
      case "sd1" -> TinyModels.LORA;
      case "klein" -> TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors");
      default -> TinyTransformers.zImageLoras().resolve("lora_fused.safetensors");
    };
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

  @ParameterizedTest
  @CsvSource({"sd1", "klein", "turbo"})
  void generate_in8Bits_isCloseToTheFile(String model) {
    PromptSpec adapted =
        SPEC.toBuilder().lora(LoraAdapter.open(lora(model)).withStrength(0.8)).build();
    PromptSpec patched = adapted.toBuilder().loraMode(LoraMode.PATCHED).build();
    try (Pipeline plain =
            Pipeline.builder()
                .precision(Precision.FLOAT32)
                .weights(WeightFormat.FLOAT32)
                .checkpoint(checkpoint(model))
                .build();
        Pipeline small =
            Pipeline.builder()
                .precision(Precision.FLOAT32)
                .weights(WeightFormat.INT8)
                .checkpoint(checkpoint(model))
                .build()) {
      byte[] image = draw(small, SPEC);
      for (PromptSpec spec : List.of(SPEC, adapted, patched)) {
        System.out.println(model + " " + psnr(draw(small, spec), draw(plain, spec)));
        System.out.println(small.generate(spec).warnings());
      }
      assertThat(draw(small, SPEC)).isEqualTo(image);
    }
  }
}
