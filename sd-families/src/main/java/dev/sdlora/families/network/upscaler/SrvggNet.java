package dev.sdlora.families.network.upscaler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/**
 * Real-ESRGAN's compact network, SRVGGNetCompact (Wang et al. 2021, "Real-ESRGAN", and its releases
 * for video): a sequence of convolutions at the input's size, and none at the larger size.
 */
final class SrvggNet implements UpscalerNet {
  private final Program program;
  private final SrvggConfig config;
  private final LiveWeights weights;

  /** Creates a network; the weights are not closed with it. */
  SrvggNet(Torch torch, SrvggConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "srvgg.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  @Override
  public NDArray enlarge(NDArray pixels, NDManager scope) {
    return program
        .call("enlarge")
        .tensor(pixels)
        .tensors(weights.dict())
        .integer(config.activated())
        .integer(config.factor())
        .run(scope);
  }
}
