package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.EncodedCaptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The loss of the networks that draw images, with a LoRA file patched into their weights. */
public final class PatchedLoss {
  private PatchedLoss() {}

  /** The loss of a member of a batch, with its strength. */
  public static double of(Bench bench, LoraFile file, Batch batch, int member) {
    double strength = batch.strengths()[member];
    try (Torch torch = Torch.open("cpu")) {
      TensorLoader loader = new TensorLoader(torch);
      try (LiveWeights text = load(torch, loader, Network.TEXT_ENCODER);
          LiveWeights unet = load(torch, loader, Network.UNET)) {
        Map<Network, LiveWeights> weights = Map.of(Network.TEXT_ENCODER, text, Network.UNET, unet);
        Map<Network, Map<String, List<Long>>> shapes = new HashMap<>();
        weights.forEach((network, live) -> shapes.put(network, live.shapes()));
        new Patcher(torch, loader, weights)
            .apply(
                PatchPlan.of(
                    new ModuleIndex(shapes),
                    "tiny",
                    ModelFamily.SD1,
                    List.of(new LoraUse("lora", file, strength, strength))));
        return error(bench, torch, text, unet, batch, member);
      }
    }
  }

  static LiveWeights load(Torch torch, TensorLoader loader, Network network) {
    return LiveWeights.load(
        torch,
        loader,
        network == Network.UNET
            ? Bench.MODEL.unet().weights()
            : Bench.MODEL.textEncoders().get(0).weights(),
        ScalarType.FLOAT32);
  }

  /** The mean squared error of a member's predicted noise. */
  private static double error(
      Bench bench, Torch torch, LiveWeights text, LiveWeights unet, Batch batch, int member) {
    int length = batch.target().length / 2;
    float[] noisy = Arrays.copyOfRange(batch.noisy(), member * length, (member + 1) * length);
    try (NDManager scope = torch.scope()) {
      long[] both = bench.captions.ids(batch.captions(), scope).toLongArray();
      int chunks = both.length / 2 / EncodedCaptions.LENGTH;
      int[][] ids = new int[chunks][EncodedCaptions.LENGTH];
      for (int i = 0; i < chunks * EncodedCaptions.LENGTH; i++) {
        ids[i / EncodedCaptions.LENGTH][i % EncodedCaptions.LENGTH] =
            (int) both[member * chunks * EncodedCaptions.LENGTH + i];
      }
      TextEncoder encoder =
          new TextEncoder(torch, Bench.MODEL.textEncoders().get(0).config(), text);
      float[] states = encoder.encode(ids, 1, scope).states().toFloatArray();
      NDArray context =
          Torch.floats(
              scope,
              states,
              1,
              (long) chunks * EncodedCaptions.LENGTH,
              Bench.MODEL.textEncoders().get(0).config().width());
      float[] predicted =
          new UNet(torch, Bench.MODEL.unet().config(), unet)
              .predict(
                  Torch.floats(scope, noisy, 1, 4, 16, 16),
                  Torch.floats(scope, new float[] {batch.times()[member]}, 1),
                  context,
                  scope)
              .toFloatArray();
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += Math.pow(predicted[i] - batch.target()[member * length + i], 2);
      }
      return sum / length;
    }
  }
}
