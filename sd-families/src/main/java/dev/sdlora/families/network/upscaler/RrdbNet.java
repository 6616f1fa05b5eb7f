package dev.sdlora.families.network.upscaler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/** The ESRGAN generator (Wang et al. 2018), which enlarges images, in float32. */
final class RrdbNet implements UpscalerNet {
  private final Program program;
  private final RrdbConfig config;
  private final LiveWeights weights;

  /** Creates a generator; the weights are not closed with it. */
  RrdbNet(Torch torch, RrdbConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "rrdb.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py",
            "rrdb_parts.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  @Override
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
