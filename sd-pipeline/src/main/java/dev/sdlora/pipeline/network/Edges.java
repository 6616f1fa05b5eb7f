package dev.sdlora.pipeline.network;

import dev.sdlora.api.image.Tiling;

/** The encoding of {@link Tiling} for TorchScript programs. */
final class Edges {
  private Edges() {}

  /** Returns the bits of the argument {@code bordered} in layers.torchscript.py. */
  static int code(Tiling tiling) {
    return switch (tiling) {
      case NONE -> 0;
      case X -> 1;
      case Y -> 2;
      case BOTH -> 3;
    };
  }
}
