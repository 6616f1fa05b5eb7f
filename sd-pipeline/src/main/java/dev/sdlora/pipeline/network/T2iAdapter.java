package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/** A small network that makes a U-Net follow an image (Mou et al. 2023, "T2I-Adapter"). */
public final class T2iAdapter {
  private final Program program;
  private final T2iAdapterConfig config;
  private final LiveWeights weights;

  /** An adapter over weights that it does not own. */
  public T2iAdapter(Torch torch, T2iAdapterConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            T2iAdapter.class,
            "t2i_adapter.torchscript.py",
            "products.torchscript.py",
            "layers.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions. */
  public T2iAdapterConfig config() {
    return config;
  }

  /**
   * Reads an image to follow, once for all steps.
   *
   * @param picture float32 [1, 3, height, width], 0 to 1
   * @param scope the manager that will own the results
   * @return float32, what the U-Net is to add at the end of each level of its way down; of those
   *     for SDXL the last is for its middle
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
