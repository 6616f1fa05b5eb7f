package dev.sdlora.lora.factors;

import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;

/**
 * The two layouts of GLoRA. LyCORIS now stores W · a1 · a2 + b1 · b2, with a1 [in, rank] and b1
 * [out, rank]; its first files, the only ones that A1111 knows, W · a2 · a1 + b2 · b1, with a1
 * [rank, in] and b1 [rank, in].
 */
final class Glora {
  private Glora() {}

  /**
   * Whether a module is of the first layout: the rank, which is the smaller side, comes first in a1.
   * When both sides are equal nothing tells; it is then taken for the present one.
   */
  static boolean isFirstLayout(LoraModule module) {
    return side(module, Part.A1, 0) < side(module, Part.A1, 1);
  }

  /** The rank: what alpha is divided by. */
  static long rank(LoraModule module) {
    return side(module, isFirstLayout(module) ? Part.A2 : Part.A1, 1);
  }

  /** The part that has this one's place in the other layout. */
  static Part counterpart(Part part) {
    return switch (part) {
      case A1 -> Part.A2;
      case A2 -> Part.A1;
      case B1 -> Part.B2;
      case B2 -> Part.B1;
      default -> part;
    };
  }

  private static long side(LoraModule module, Part part, int axis) {
    return module.part(part).shape().get(axis);
  }
}
