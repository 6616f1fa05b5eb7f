package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors that other networks add to the U-Net; any number of networks may be concatenated.
 *
 * @param blocks for the outputs of all encoder blocks and the middle block, as returned by {@link
 *     ControlNet#residuals}; only the decoder sees the sum
 * @param levels for the end of each encoder level and for the middle block, as returned by {@link
 *     T2iAdapter#features}; all later layers see the sum
 */
public record Residuals(List<NDArray> blocks, List<NDArray> levels) {
  /** No residuals. */
  public static final Residuals NONE = new Residuals(List.of(), List.of());

  /** Returns these residuals followed by others. */
  public Residuals and(Residuals others) {
    List<NDArray> allBlocks = new ArrayList<>(blocks);
    allBlocks.addAll(others.blocks);
    List<NDArray> allLevels = new ArrayList<>(levels);
    allLevels.addAll(others.levels);
    return new Residuals(allBlocks, allLevels);
  }
}
