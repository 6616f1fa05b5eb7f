package dev.sdlora.training.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.testkit.TinyTransformers;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.TrainingPrecision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of the transformer families. */
@Tag("slow")
class FlowGradientTest {
  /** A family, with layers of each kind. */
  @SuppressWarnings("ImmutableEnumChecker") // The list is immutable.
  enum Family {
    KLEIN(
        TinyTransformers.klein(),
        List.of(
            "transformer_blocks.0.attn.to_qkv",
            "transformer_blocks.0.attn.to_added_qkv",
            "transformer_blocks.1.ff.linear_in",
            "transformer_blocks.0.ff_context.linear_out",
            "single_transformer_blocks.0.attn.to_qkv_mlp_proj",
            "single_transformer_blocks.1.attn.to_out")),
    Z_IMAGE(
        TinyTransformers.zImageTurbo(),
        List.of(
            "layers.0.attention.to_q",
            "layers.0.attention.to_out.0",
            "layers.1.feed_forward.w1",
            "layers.0.feed_forward.w2",
            "layers.0.adaLN_modulation.0")),
    FLUX1(
        TinyTransformers.flux1Dev(),
        List.of(
            "transformer_blocks.0.attn.add_k_proj",
            "transformer_blocks.0.norm1.linear",
            "transformer_blocks.0.ff.net.2",
            "single_transformer_blocks.0.proj_mlp",
            "single_transformer_blocks.0.norm.linear",
            "single_transformer_blocks.0.proj_out"));

    private final Path checkpoint;
    private final List<String> layers;

    Family(Path checkpoint, List<String> layers) {
      this.checkpoint = checkpoint;
      this.layers = layers;
    }

    Path checkpoint() {
      return checkpoint;
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients_ofLayers_equalDifferencesOfTheLoss(Family family) {
    try (FlowBench bench = new FlowBench(family.checkpoint(), 2)) {
      bench.randomise(0.05);

      bench.assertGradients(bench.networks(TrainingPrecision.FLOAT32, false), family.layers);
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients_withCheckpointing_areThoseWithout(Family family) {
    try (FlowBench bench = new FlowBench(family.checkpoint(), 2)) {
      bench.randomise(0.05);
      Batch batch = bench.batches.at(0);

      Map<String, float[]> plain =
          bench.gradients(bench.networks(TrainingPrecision.FLOAT32, false), batch);
      Map<String, float[]> again =
          bench.gradients(bench.networks(TrainingPrecision.FLOAT32, true), batch);

      assertThat(again).hasSameSizeAs(plain);
      plain.forEach(
          (name, expected) -> {
            float[] found = Objects.requireNonNull(again.get(name), name);
            assertThat(difference(found, expected))
                .as(name)
                .isLessThan(1e-6 * FlowBench.length(expected) + 1e-12);
          });
    }
  }

  /**
   * bfloat16 rounds each number by up to 0.2 %, 8 bits each weight by up to 0.4 % of its row's
   * largest, which is more than twice as much as a usual one; both add up over the layers.
   */
  @ParameterizedTest
  @EnumSource
  void gradients_inFewerBits_areNear(Family family) {
    try (FlowBench bench = new FlowBench(family.checkpoint(), 1)) {
      bench.randomise(0.05);
      Batch batch = bench.batches.at(0);
      Map<String, float[]> exact =
          bench.gradients(bench.networks(TrainingPrecision.FLOAT32, true), batch);

      for (TrainingPrecision precision :
          List.of(TrainingPrecision.BFLOAT16, TrainingPrecision.INT8)) {
        Map<String, float[]> rounded = bench.gradients(bench.networks(precision, true), batch);

        for (String layer : family.layers) {
          String name = layer + ".lora_up.weight";
          float[] expected = Objects.requireNonNull(exact.get(name), name);
          float[] found = Objects.requireNonNull(rounded.get(name), name);
          assertThat(difference(found, expected))
              .as(precision + " " + name)
              .isLessThan(
                  (precision == TrainingPrecision.INT8 ? 0.1 : 0.05) * FlowBench.length(expected));
        }
        double loss = Objects.requireNonNull(exact.get("loss"))[0];
        assertThat((double) Objects.requireNonNull(rounded.get("loss"))[0])
            .isCloseTo(loss, within(0.01 * loss));
      }
    }
  }

  private static double difference(float[] one, float[] other) {
    float[] difference = one.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= other[i];
    }
    return FlowBench.length(difference);
  }
}
