package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * What networks beside the U-Net add to it, for any number of them one behind another.
 *
 * @param blocks for the outputs of all blocks of the way down and of the middle, as {@link
 *     ControlNet#residuals} gives it; the way up sees the sum
 * @param levels for the end of each level of the way down, and for the middle, as {@link
 *     T2iAdapter#features} gives it; all that follows sees the sum
 */
public record Residuals(List<NDArray> blocks, List<NDArray> levels) {
  /** Nothing. */
  public static final Residuals NONE = new Residuals(List.of(), List.of());

  /** These and others. */
  public Residuals and(Residuals others) {
    List<NDArray> allBlocks = new ArrayList<>(blocks);
    allBlocks.addAll(others.blocks);
    List<NDArray> allLevels = new ArrayList<>(levels);
    allLevels.addAll(others.levels);
    return new Residuals(allBlocks, allLevels);
  }
}
