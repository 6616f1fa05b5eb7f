package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/** The generator of ESRGAN (Wang et al. 2018), which enlarges pictures, in float32. */
public final class RrdbNet {
  private final Program program;
  private final RrdbConfig config;
  private final LiveWeights weights;

  /** A generator over weights that it does not own. */
  public RrdbNet(Torch torch, RrdbConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            RrdbNet.class,
            "rrdb.torchscript.py",
            "layers.torchscript.py",
            "rrdb_parts.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions. */
  public RrdbConfig config() {
    return config;
  }

  /**
   * Enlarges pictures.
   *
   * @param pixels float32 [batch, 3, h, w], 0 to 1; both sides multiples of the config's unshuffle
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, factor · h, factor · w], about 0 to 1
   */
  public NDArray enlarge(NDArray pixels, NDManager scope) {
    return program
        .call("enlarge")
        .tensor(pixels)
        .tensors(weights.dict())
        .integer(config.blocks())
        .integer(config.unshuffle())
        .integer(config.doublings())
        .run(scope);
  }
}
