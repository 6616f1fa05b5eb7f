package dev.sdlora.families.network.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/** A small network that makes a U-Net follow an image (Mou et al. 2023, "T2I-Adapter"). */
public final class T2iAdapter {
  private final Program program;
  private final T2iAdapterConfig config;
  private final LiveWeights weights;

  /** Creates an adapter; the weights are not closed with it. */
  public T2iAdapter(Torch torch, T2iAdapterConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "t2i_adapter.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions of the adapter. */
  public T2iAdapterConfig config() {
    return config;
  }

  /**
   * Encodes a control image, once for all steps.
   *
   * @param picture float32 [1, 3, height, width], 0 to 1
   * @param scope the manager that will own the results
   * @return float32, the residuals at the end of each level of the U-Net's encoder; adapters for
   *     SDXL have the last one for the middle block
   */
  public List<NDArray> features(NDArray picture, NDManager scope) {
    return program
        .call("features")
        .tensor(picture)
        .tensors(weights.dict())
        .integer(config.channels().size())
        .integer(config.blocks())
        .integer(config.side())
        .runForList(scope);
  }
}
