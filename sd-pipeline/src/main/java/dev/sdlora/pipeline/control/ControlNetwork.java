package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.control.ControlNet;
import dev.sdlora.families.network.control.T2iAdapter;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A network that guides a U-Net by an image: a ControlNet, a ControlNet Union or a T2I-Adapter. */
interface ControlNetwork {

  /**
   * Encodes a control image.
   *
   * @param image float32 [1, 3, height, width], 0 to 1
   * @param memory owns the result
   */
  Control read(ControlUnit unit, NDArray image, Tiling tiling, NDManager memory);

  /** Returns the number of types of control images if the network is a ControlNet Union. */
  default OptionalInt types() {
    return OptionalInt.empty();
  }

  /** An encoded control image, for all steps. */
  @FunctionalInterface
  interface Control {
    /** Returns the residuals that the U-Net adds. */
    Residuals residuals(Batch batch, NDManager scope);

    /** Returns both control images in one call of the network, if it can read them together. */
    default Optional<Control> with(Control other) {
      return Optional.empty();
    }
  }

  /** Wraps a ControlNet. */
  static ControlNetwork of(ControlNet network) {
    int outputs = network.config().outputs();
    double[] faded = Scales.ofControlNet(outputs);
    return (unit, image, tiling, memory) -> {
      ControlNet seamless = network.tiling(tiling);
      NDArray hint = seamless.hint(image, memory);
      return (batch, scope) ->
          new Residuals(
              seamless.residuals(
                  batch.latents(),
                  batch.times(),
                  batch.context(),
                  batch.added().vector(),
                  hint,
                  Torch.floats(
                      scope,
                      Scales.of(unit.mode(), unit.weight(), faded, batch),
                      outputs,
                      batch.size()),
                  scope),
              List.of());
    };
  }

  /** Wraps a T2I-Adapter. */
  static ControlNetwork of(T2iAdapter network) {
    int outputs = network.config().channels().size();
    double[] faded = Scales.ofAdapter(outputs);
    return (unit, image, tiling, memory) -> {
      List<NDArray> features = network.features(image, memory);
      return (batch, scope) -> {
        int rows = batch.size();
        NDArray scales =
            Torch.floats(
                scope, Scales.of(unit.mode(), unit.weight(), faded, batch), outputs, rows, 1, 1, 1);
        List<NDArray> added = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
          added.add(scales.get(i).mul(features.get(i)));
        }
        if (!network.config().isForSdxl()) {
          added.add(
              Torch.floats(
                  scope, new float[rows], rows, 1, 1, 1)); // No residual for the middle block.
        }
        return new Residuals(List.of(), added);
      };
    };
  }
}
