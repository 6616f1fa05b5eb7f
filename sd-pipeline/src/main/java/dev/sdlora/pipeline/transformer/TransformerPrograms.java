package dev.sdlora.pipeline.transformer;

import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.WeightReading;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/** The functions that the programs of this package call. */
final class TransformerPrograms {
  private TransformerPrograms() {}

  /**
   * Returns the functions for the weights and the processor.
   *
   * @param further resources of this package with more functions
   */
  static List<Program.Source> functions(LiveWeights weights, String... further) {
    boolean packed = weights.isPacked();
    boolean products =
        packed
            && weights.type() == ScalarType.BFLOAT16
            && Processor.hasBfloat16()
            && !Processor.hasAmx();
    return Program.Source.join(
        List.of(
            Program.Source.beside(
                UNet.class,
                UNet.products(weights),
                products ? "matrix_attention.torchscript.py" : "attention.torchscript.py",
                "layers.torchscript.py"),
            Program.Source.beside(
                TransformerPrograms.class, gates(weights), "norms_and_rope.torchscript.py"),
            WeightReading.of(weights),
            Program.Source.beside(TransformerPrograms.class, further)));
  }

  private static String gates(LiveWeights weights) {
    if (weights.isRounded()) {
      return "int8_gates.torchscript.py";
    }
    return weights.isPacked() ? "packed_gates.torchscript.py" : "gates.torchscript.py";
  }
}
