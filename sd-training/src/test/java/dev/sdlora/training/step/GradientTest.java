package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.adapter.LoraWriter;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.TrainedModules;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares gradients and losses of a LoRA next to the weights with finite differences and with
 * patched weights.
 */
@Tag("slow")
class GradientTest {
  /** More than 75 tokens, so that the other member of the batch is padded by a chunk. */
  private static final String LONG = "a red disc " + "on a wide grey ground ".repeat(16);

  /**
   * The deepest level has 2×2 positions. With one position, a group norm would process two numbers;
   * its output would depend only on their signs, and differences would not show a gradient.
   */
  private static final ImageSize SIZE = new ImageSize(128, 128);

  private static Bench bench;

  @BeforeAll
  static void open() {
    TrainingSet set =
        TrainingSet.of(
            List.of(
                Fixtures.discs().examples().get(0).withStrength(-0.5),
                new TrainingExample("long", Fixtures.discs().examples().get(1).image(), LONG, 1)));
    bench = new Bench(set, SIZE, TrainedModules.CONVOLUTIONS, true, 2);
    bench.randomise(0.05);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void gradients_ofModules_equalDifferencesOfTheLoss() {
    bench.assertGradients(
        List.of(
            "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q",
            "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
            "up_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj",
            "mid_block.attentions.0.proj_in",
            "mid_block.resnets.0.conv1",
            "up_blocks.0.resnets.0.time_emb_proj",
            "down_blocks.0.downsamplers.0.conv",
            "up_blocks.0.upsamplers.0.conv",
            "text_encoders.0.text_model.encoder.layers.0.self_attn.v_proj",
            "text_encoders.0.text_model.encoder.layers.1.mlp.fc1"));
  }

  /** The two ways to apply a LoRA, next to the weights or in them, are equivalent. */
  @Test
  void loss_besideTheWeights_isThatOfPatchedWeights(@TempDir Path folder) {
    Batch batch = bench.batches.at(0);
    Path file = folder.resolve("lora.safetensors");
    LoraWriter.write(file, bench.parameters, KeyNaming.KOHYA, KeyNaming.KOHYA, DType.F32, Map.of());
    double sum = 0;
    for (int member = 0; member < 2; member++) {
      sum += PatchedLoss.of(bench, LoraFile.open(file), batch, member);
    }

    // Sums in another order: float32 through a few hundred layers.
    assertThat(bench.loss(batch)).isCloseTo(sum / 2, within(1e-5 * sum));
  }

  @Test
  void loss_ofOneBatch_fallsWhenItIsTrainedOn() {
    try (Bench own = new Bench(Fixtures.discs(), Fixtures.SIZE, TrainedModules.LINEAR, false, 3)) {
      Batch batch = own.batches.at(0);
      double before = own.loss(batch);

      train(own, batch);

      assertThat(own.loss(batch)).isLessThan(0.7 * before);
    }
  }

  /** The principle of sliders: opposite images are trained at opposite strengths. */
  @Test
  void loss_ofOppositesAtOppositeStrengths_fallsForTheirOwnOnly() {
    TrainingSet red = TrainingSet.of(List.of(TrainingExample.of(Fixtures.disc(Color.RED), "a")));
    TrainingSet blue = TrainingSet.of(List.of(TrainingExample.of(Fixtures.disc(Color.BLUE), "a")));
    TrainingSet set = red.plus(blue.withStrength(-1));
    try (Bench own = new Bench(set, Fixtures.SIZE, TrainedModules.LINEAR, false, 2)) {
      Batch batch = own.batches.at(0);
      double before = own.loss(batch);

      train(own, batch);

      float[] strengths = batch.strengths().clone();
      assertThat(strengths).containsExactlyInAnyOrder(1, -1);
      double after = own.loss(batch);
      for (int i = 0; i < strengths.length; i++) {
        batch.strengths()[i] = -strengths[i];
      }
      double swapped = own.loss(batch);
      assertThat(after).isLessThan(0.85 * before).isLessThan(0.85 * swapped);
    }
  }

  private static void train(Bench bench, Batch batch) {
    AdamW optimiser =
        new AdamW(bench.torch, bench.parameters.weights(), new AdamW.Settings(0.999, 0, 1));
    for (int i = 0; i < 20; i++) {
      try (NDManager scope = bench.torch.scope()) {
        optimiser.step(bench.gradients(batch, scope), 5e-3);
      }
    }
  }

  @Test
  void weights_afterGradients_areThoseOfTheFile() {
    try (Bench own = new Bench(Fixtures.discs(), Fixtures.SIZE, TrainedModules.LINEAR, true, 1);
        Torch torch = Torch.open("cpu")) {
      own.randomise(0.05);
      own.gradients(own.batches.at(0));
      TensorLoader loader = new TensorLoader(torch);
      Map<String, NDArray> frozen = own.networks.weights();
      for (Network network : List.of(Network.TEXT_ENCODER, Network.UNET)) {
        try (LiveWeights file = PatchedLoss.load(torch, loader, network)) {
          for (String name : file.shapes().keySet()) {
            NDArray read = Objects.requireNonNull(frozen.get(JointNames.of(network, name)), name);
            assertThat(read.toFloatArray()).as(name).isEqualTo(file.values(name));
          }
        }
      }
    }
  }
}
