package dev.sdlora.pipeline.transformer;

import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Packer;

/** Decides about the packing of the large matrices of transformers. */
public final class TransformerPacking {
  private TransformerPacking() {}

  /**
   * Whether packed weights are supported here and faster than plain ones. With AMX they are not:
   * libtorch multiplies by plain bfloat16 matrices of these sizes faster than by packed ones.
   */
  public static boolean isFaster(Torch torch, ScalarType type) {
    boolean tiles = type == ScalarType.BFLOAT16 && Processor.hasAmx();
    return !tiles && Packer.isSupported(torch, type);
  }
}
