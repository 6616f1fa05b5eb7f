package dev.sdlora.families.network;

import dev.sdlora.api.image.Tiling;

/** The encoding of {@link Tiling} for TorchScript programs. */
public final class Edges {
  private Edges() {}

  /** Returns the bits of the argument {@code bordered} in layers.torchscript.py. */
  public static int code(Tiling tiling) {
    return switch (tiling) {
      case NONE -> 0;
      case X -> 1;
      case Y -> 2;
      case BOTH -> 3;
    };
  }
}
