package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.checkpoint.auxiliary.ControlLoraReader.ControlLora;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.Map;

/** Makes the weights of a ControlNet from a U-Net and a Control-LoRA. */
final class ControlLoraWeights {
  private ControlLoraWeights() {}

  /**
   * Reads the U-Net's weights and adds the changes of a Control-LoRA, in float32, one after
   * another.
   *
   * @param memory owns the weights
   * @param type the dtype to compute in
   */
  static LiveWeights load(Torch memory, ControlLora lora, ScalarType type) {
    TensorLoader loader = new TensorLoader(memory);
    LiveWeights weights = LiveWeights.load(memory, loader, lora.network().weights(), type);
    try (LiveWeights.Writer writer = weights.writer()) {
      lora.changes()
          .forEach(
              (name, change) -> {
                try (NDManager scope = memory.scope();
                    TensorFile.Reader reader = change.up().file().reader()) {
                  NDArray up = factor(loader, reader, change.up(), scope);
                  NDArray down = factor(loader, reader, change.down(), scope);
                  writer.patch(Map.of(name, List.of(new LowRank(up, down, 1))));
                }
              });
      return weights;
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  private static NDArray factor(
      TensorLoader loader, TensorFile.Reader reader, Origin of, NDManager scope) {
    return loader.load(reader, of.entry(), of.shape(), ScalarType.FLOAT32, scope);
  }
}
