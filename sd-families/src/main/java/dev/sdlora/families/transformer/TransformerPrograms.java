package dev.sdlora.families.transformer;

import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.WeightReading;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/** The functions that the programs of this package call. */
public final class TransformerPrograms {
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
                TransformerPrograms.class,
                gates(weights),
                "norms_and_rope.torchscript.py",
                "in_place.torchscript.py"),
            WeightReading.of(weights),
            Program.Source.beside(TransformerPrograms.class, further)));
  }

  /**
   * Returns the functions of a transformer's program that gradients can pass through: all but
   * linear layers, and those that write into their arguments. A program that records has its own
   * {@code linear}, {@code linears}, {@code gated_sum}, {@code rotated_norm} and {@code joined},
   * and those of {@code flux1_products}, {@code flux2_products} and {@code z_image_blocks}.
   *
   * @param isStored whether some weights are stored in another format than that of the computation
   */
  public static List<Program.Source> recordable(RecordedProgram program, boolean isStored) {
    return Program.Source.join(
        List.of(
            Program.Source.beside(UNet.class, "attention.torchscript.py", "layers.torchscript.py"),
            Program.Source.beside(TransformerPrograms.class, "norms_and_rope.torchscript.py"),
            Program.Source.beside(
                TransformerPrograms.class, program.parts().toArray(String[]::new)),
            WeightReading.of(isStored)));
  }

  private static String gates(LiveWeights weights) {
    if (weights.isRounded()) {
      return "int8_gates.torchscript.py";
    }
    return weights.isPacked() ? "packed_gates.torchscript.py" : "gates.torchscript.py";
  }
}
