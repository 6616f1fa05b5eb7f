package dev.sdlora.training.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.adapter.LoraWriter;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.TrainingPrecision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares losses of a LoRA in training with those of generation's networks under its file. */
class FlowFileTest {
  @ParameterizedTest
  @EnumSource
  void loss_inTraining_isThatOfWeightsPatchedWithTheFile(
      FlowGradientTest.Family family, @TempDir Path folder) {
    try (FlowBench bench = new FlowBench(family.checkpoint(), 1)) {
      bench.randomise(0.05);
      Batch batch = bench.batches.at(0);
      Path file = folder.resolve("lora.safetensors");
      LoraWriter.write(
          file,
          bench.parameters(),
          bench.family.names(),
          bench.family.style(),
          DType.F32,
          Map.of());

      double expected = patchedLoss(bench, LoraFile.open(file), batch);

      assertThat(bench.loss(bench.networks(TrainingPrecision.FLOAT32, true), batch))
          .isCloseTo(expected, within(1e-5 * expected));
      assertThat(expected).isNotCloseTo(patchedLoss(bench, batch), within(1e-3 * expected));
    }
  }

  @ParameterizedTest
  @EnumSource
  void predict_withoutALora_isThePredictionOfGeneration(FlowGradientTest.Family family) {
    try (FlowBench bench = new FlowBench(family.checkpoint(), 1)) {
      Batch batch = bench.batches.at(0);

      float[] predicted = bench.networks(TrainingPrecision.FLOAT32, true).predict(batch);

      double sum = 0;
      for (int i = 0; i < predicted.length; i++) {
        sum += Math.pow(predicted[i] - batch.target()[i], 2);
      }
      double expected = patchedLoss(bench, batch);
      assertThat(sum / predicted.length).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  /** The loss of the checkpoint alone. */
  private static double patchedLoss(FlowBench bench, Batch batch) {
    return loss(bench, batch, List.of());
  }

  private static double patchedLoss(FlowBench bench, LoraFile file, Batch batch) {
    double strength = batch.strengths()[0];
    return loss(bench, batch, List.of(new LoraUse("lora", file, strength, strength)));
  }

  private static double loss(FlowBench bench, Batch batch, List<LoraUse> uses) {
    try (Torch torch = Torch.open("cpu")) {
      TensorLoader loader = new TensorLoader(torch);
      try (LiveWeights weights =
          LiveWeights.load(
              torch, loader, bench.model.transformer().weights(), ScalarType.FLOAT32)) {
        new Patcher(torch, loader, Map.of(Network.UNET, weights))
            .apply(
                PatchPlan.of(
                    bench.model.layers(), "tiny", bench.model.checkpoint().family(), uses));
        DiffusionTransformer network = bench.model.transformer().config().network(torch, weights);
        return error(torch, network, bench, batch);
      }
    }
  }

  /** The mean squared error of the predicted velocity. */
  private static double error(
      Torch torch, DiffusionTransformer network, FlowBench bench, Batch batch) {
    Conditioning text = bench.captions.of(batch.captions().get(0));
    int channels = bench.family.channels();
    int rows = batch.rows();
    long columns = batch.noisy().length / ((long) channels * rows);
    try (NDManager scope = torch.scope()) {
      float[] predicted =
          network
              .predict(
                  new DiffusionTransformer.Input(
                      Torch.floats(scope, batch.noisy(), 1, channels, rows, columns),
                      Torch.floats(scope, batch.times(), 1),
                      Torch.floats(scope, text.states(), 1, text.tokens(), text.width()),
                      List.of(text.tokens()),
                      List.of(),
                      new AddedConditions(
                          Torch.floats(scope, text.vector(), 1, text.vector().length),
                          Torch.floats(scope, new float[] {1}, 1, 1))),
                  scope)
              .toFloatArray();
      double sum = 0;
      for (int i = 0; i < predicted.length; i++) {
        sum += Math.pow(predicted[i] - batch.target()[i], 2);
      }
      return sum / predicted.length;
    }
  }
}
