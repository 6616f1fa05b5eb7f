package dev.sdlora.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.step.Bench;
import dev.sdlora.training.step.PatchedLoss;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients and losses of every kind of adapter, as in {@code GradientTest} for LoRA. */
@Tag("slow")
class AdapterKindsTest {
  private static final ImageSize SIZE = new ImageSize(128, 128);

  private static final List<String> LAYERS =
      List.of(
          "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_k",
          "mid_block.attentions.0.proj_in",
          "mid_block.resnets.0.conv1",
          "text_encoders.0.text_model.encoder.layers.0.self_attn.v_proj");

  private static final List<String> LOHA =
      List.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b");

  /**
   * A kind to test.
   *
   * @param deviation the deviation of random factors, which makes changes of a tenth of the weights
   * @param factors tensors that each of the layers has
   */
  private record Case(
      String label,
      AdapterOptions options,
      double deviation,
      List<String> layers,
      List<String> factors) {
    @Override
    public String toString() {
      return label;
    }
  }

  private static AdapterOptions of(AdapterKind kind) {
    return AdapterOptions.of(kind);
  }

  static Stream<Case> kinds() {
    AdapterOptions blocks = of(AdapterKind.LOKR).withLokrFactor(2);
    return Stream.of(
        new Case(
            "DoRA",
            of(AdapterKind.LORA).withDora(true),
            0.1,
            LAYERS,
            List.of("lora_down.weight", "lora_up.weight", "dora_scale")),
        new Case("LoHa", of(AdapterKind.LOHA), 0.3, LAYERS, LOHA),
        new Case(
            "LoHa with DoRA",
            of(AdapterKind.LOHA).withDora(true),
            0.2,
            LAYERS,
            Stream.concat(LOHA.stream(), Stream.of("dora_scale")).toList()),
        new Case("LoKr", of(AdapterKind.LOKR), 0.1, LAYERS, List.of("lokr_w1", "lokr_w2")),
        new Case(
            "LoKr in factors", blocks, 0.2, LAYERS, List.of("lokr_w1", "lokr_w2_a", "lokr_w2_b")),
        new Case(
            "LoKr in factors with DoRA",
            blocks.withDora(true),
            0.35,
            LAYERS,
            List.of("lokr_w1", "lokr_w2_a", "lokr_w2_b", "dora_scale")),
        new Case(
            "IA3",
            of(AdapterKind.IA3),
            0.2,
            List.of(
                "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_k",
                "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v",
                "text_encoders.0.text_model.encoder.layers.0.self_attn.v_proj"),
            List.of("ia3.outputs")));
  }

  private static Bench bench(Case kind) {
    boolean dora = kind.options().dora();
    TrainingSet set =
        TrainingSet.of(
            List.of(
                Fixtures.discs().examples().get(0).withStrength(dora ? 1 : -0.5),
                Fixtures.discs().examples().get(1)));
    AdapterSettings adapter =
        new AdapterSettings(4, 2, TrainedModules.CONVOLUTIONS, true, kind.options());
    Bench bench = new Bench(Bench.MODEL, set, SIZE, adapter, 2);
    bench.randomise(kind.deviation());
    return bench;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void gradients_ofEveryTensor_equalDifferencesOfTheLoss(Case kind) {
    try (Bench bench = bench(kind)) {
      bench.assertGradients(kind.layers(), kind.factors());
      if (kind.options().kind() == AdapterKind.IA3) {
        bench.assertGradients(
            List.of(
                "up_blocks.1.attentions.0.transformer_blocks.0.ff.net.2",
                "text_encoders.0.text_model.encoder.layers.1.mlp.fc2"),
            List.of("ia3.inputs"));
      }
    }
  }

  /** Strengths that differ and strengths that are equal take different paths. */
  @ParameterizedTest
  @MethodSource("kinds")
  void loss_besideTheWeights_isThatOfPatchedWeights(Case kind, @TempDir Path folder) {
    try (Bench bench = bench(kind)) {
      Path path = folder.resolve("lora.safetensors");
      LoraWriter.write(
          path, bench.parameters, KeyNaming.KOHYA, KeyNaming.KOHYA, DType.F32, Map.of());
      LoraFile file = LoraFile.open(path);
      Batch batch = bench.batches.at(0);
      assertSameLoss(bench, file, batch);
      if (!kind.options().dora()) {
        assertThat(batch.strengths()).containsExactlyInAnyOrder(-0.5f, 1);
        Arrays.fill(batch.strengths(), -0.5f);
        assertSameLoss(bench, file, batch);
      }
    }
  }

  private static void assertSameLoss(Bench bench, LoraFile file, Batch batch) {
    double sum = PatchedLoss.of(bench, file, batch, 0) + PatchedLoss.of(bench, file, batch, 1);
    // Sums in another order: float32 through a few hundred layers.
    assertThat(bench.loss(batch)).isCloseTo(sum / 2, within(1e-5 * sum));
  }

  /** Nothing is changed before the first step, so the loss is that of the checkpoint. */
  @ParameterizedTest
  @MethodSource("kinds")
  void loss_beforeTheFirstStep_isThatOfTheCheckpoint(Case kind) {
    AdapterSettings adapter =
        new AdapterSettings(4, 2, TrainedModules.CONVOLUTIONS, true, kind.options());
    try (Bench plain =
            new Bench(Fixtures.discs(), Fixtures.SIZE, TrainedModules.ATTENTION, true, 2);
        Bench bench = new Bench(Bench.MODEL, Fixtures.discs(), Fixtures.SIZE, adapter, 2)) {
      double expected = plain.loss(plain.batches.at(0));

      assertThat(bench.loss(bench.batches.at(0))).isCloseTo(expected, within(1e-5 * expected));
    }
  }
}
