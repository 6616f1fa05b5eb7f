package dev.sdlora.training.step;

import dev.sdlora.tensors.torch.Program;
import java.util.List;

/** The functions of layers with a change that is trained. */
final class AdaptedLayers {
  /**
   * The TorchScript source of {@code linear}, {@code conv}, {@code lora_linear} and {@code
   * lora_conv}. Appended to the functions of a network, it replaces those of the same names,
   * because libtorch compiles the last definition of a name.
   */
  static final List<Program.Source> FUNCTIONS =
      Program.Source.beside(AdaptedLayers.class, "adapted_layers.torchscript.py");

  private AdaptedLayers() {}
}
