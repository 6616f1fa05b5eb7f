package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ControlUnit;
import dev.sdlora.api.Tiling;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;
import dev.sdlora.pipeline.network.ControlNet;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.T2iAdapter;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.stream.IntStream;

/** A network that steers a U-Net by a picture: a ControlNet or a T2I-Adapter. */
interface ControlNetwork {

  /**
   * Reads a picture.
   *
   * @param picture float32 [1, 3, height, width], 0 to 1
   * @param memory owns what is made of it
   */
  Control read(ControlUnit unit, NDArray picture, Tiling tiling, NDManager memory);

  /** What has been read of a picture, for all steps. */
  @FunctionalInterface
  interface Control {
    /** The residuals that the U-Net adds. */
    Residuals residuals(Batch batch, NDManager scope);
  }

  /** A ControlNet. */
  static ControlNetwork of(ControlNet network) {
    int outputs = network.config().outputs();
    int[] outwards = IntStream.range(0, outputs).map(i -> outputs - 1 - i).toArray();
    return (unit, picture, tiling, memory) -> {
      ControlNet seamless = network.tiling(tiling);
      NDArray hint = seamless.hint(picture, memory);
      return (batch, scope) ->
          new Residuals(
              seamless.residuals(
                  batch.latents(),
                  batch.times(),
                  batch.context(),
                  batch.added().vector(),
                  hint,
                  Torch.floats(scope, Scales.of(unit, outwards, batch), outputs, batch.rows()),
                  scope),
              List.of());
    };
  }

  /**
   * A T2I-Adapter.
   *
   * @param layers of the U-Net in each level of its way down
   */
  static ControlNetwork of(T2iAdapter network, int layers) {
    int levels = network.config().channels().size();
    int middle = levels * (layers + 1);
    // Its outputs are added to the last block of each level.
    int[] outwards =
        IntStream.range(0, levels).map(i -> middle - i * (layers + 1) - layers).toArray();
    return (unit, picture, tiling, memory) -> {
      List<NDArray> features = network.features(picture, memory);
      return (batch, scope) -> {
        int rows = batch.rows();
        NDArray scales =
            Torch.floats(scope, Scales.of(unit, outwards, batch), levels, rows, 1, 1, 1);
        return new Residuals(
            List.of(),
            IntStream.range(0, levels).mapToObj(i -> scales.get(i).mul(features.get(i))).toList());
      };
    };
  }
}
