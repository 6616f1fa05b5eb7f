package dev.sdlora.families.transformer;

import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.WeightReading;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/** The functions that the programs of transformers call. */
public final class TransformerPrograms {
  private static final List<Program.Source> FLUX_BLOCKS =
      Program.Source.beside(TransformerPrograms.class, "flux_blocks.torchscript.py");

  private TransformerPrograms() {}

  /**
   * Returns the functions for the weights and the processor.
   *
   * @param further more functions
   */
  public static List<Program.Source> functions(LiveWeights weights, List<Program.Source> further) {
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
            further));
  }

  /**
   * Returns the functions of FLUX's double and single blocks for the weights. Families add those of
   * their products and of their ends.
   */
  public static List<Program.Source> fluxBlocks(LiveWeights weights) {
    return Program.Source.join(
        List.of(
            UNet.operations(weights),
            Program.Source.beside(
                TransformerPrograms.class,
                "norms_and_rope.torchscript.py",
                "in_place.torchscript.py"),
            FLUX_BLOCKS));
  }

  /** Returns functions of FLUX's blocks that gradients can pass through, and those of a family. */
  public static List<Program.Source> recordableFluxBlocks(List<Program.Source> own) {
    return Program.Source.join(List.of(FLUX_BLOCKS, own));
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
            program.parts(),
            WeightReading.of(isStored)));
  }

  private static String gates(LiveWeights weights) {
    if (weights.isRounded()) {
      return "int8_gates.torchscript.py";
    }
    return weights.isPacked() ? "packed_gates.torchscript.py" : "gates.torchscript.py";
  }
}
