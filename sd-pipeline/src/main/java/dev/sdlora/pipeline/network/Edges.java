package dev.sdlora.pipeline.network;

import dev.sdlora.api.image.Tiling;

/** How programs are told what lies beyond the edges of an image. */
final class Edges {
  private Edges() {}

  /** The bits of {@code bordered} in layers.torchscript.py. */
  static int code(Tiling tiling) {
    return switch (tiling) {
      case NONE -> 0;
      case X -> 1;
      case Y -> 2;
      case BOTH -> 3;
    };
  }
}
