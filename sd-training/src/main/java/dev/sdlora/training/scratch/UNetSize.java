package dev.sdlora.training.scratch;

import dev.sdlora.pipeline.network.UNetConfig;
import java.util.stream.IntStream;

/** A U-Net's dimensions as the training program takes them. */
final class UNetSize {
  private UNetSize() {}

  /** Heads, middle depth, layers, then the channels and the depths of all levels. */
  static int[] of(UNetConfig config) {
    IntStream head = IntStream.of(config.heads(), config.middleDepth(), config.layers());
    IntStream levels =
        IntStream.concat(
            config.channels().stream().mapToInt(Integer::intValue),
            config.depth().stream().mapToInt(Integer::intValue));
    return IntStream.concat(head, levels).toArray();
  }
}
