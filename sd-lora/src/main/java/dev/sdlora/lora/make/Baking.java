package dev.sdlora.lora.make;

import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * Weights with LoRAs in them, one at a time. They are made by the {@link Patcher} that pictures are
 * made with, in float32, so that they are the same numbers. Not safe for several threads.
 */
public final class Baking {
  private final Torch torch;
  private final TensorLoader loader;

  /** A baking in the memory of an owner. */
  public Baking(Torch torch) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
  }

  /**
   * A weight with changes.
   *
   * @param origin the weight as it was
   * @param changes at least one
   * @return its numbers in a row
   * @throws dev.sdlora.api.LoraException if a change holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public float[] weight(Network network, String name, Origin origin, List<Change> changes) {
    try (Torch own = torch.child();
        LiveWeights live =
            LiveWeights.load(own, loader, Map.of(name, origin), ScalarType.FLOAT32)) {
      new Patcher(own, loader, Map.of(network, live))
          .apply(new PatchPlan(Map.of(network, Map.of(name, changes))));
      return live.values(name);
    }
  }

  /** The bytes of numbers in a floating-point format of a checkpoint, rounded to it. */
  public static SafetensorsWriter.Source source(float[] values, DType dtype) {
    if (dtype != DType.F64) {
      return SafetensorsWriter.floats(values, dtype);
    }
    return channel -> {
      ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES << 13).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        bytes.putDouble(values[i]);
        if (!bytes.hasRemaining() || i == values.length - 1) {
          channel.write(bytes.flip());
          bytes.clear();
        }
      }
    };
  }
}
