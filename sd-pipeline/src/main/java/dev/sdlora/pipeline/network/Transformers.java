package dev.sdlora.pipeline.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How many transformer blocks stand behind each residual block of a U-Net. Distilled networks
 * (SSD-1B, Vega, BK-SDM) have fewer of them in some places than in others.
 *
 * @param down for each level on the way down, from the largest image to the smallest, for each
 *     residual block; 0 for none
 * @param middle in the middle: 0 if it is one residual block alone, empty if there is no middle
 * @param up for each level on the way up, from the smallest image to the largest
 */
public record Transformers(List<List<Integer>> down, OptionalInt middle, List<List<Integer>> up) {
  /** Copies the lists. */
  public Transformers {
    down = down.stream().map(List::copyOf).toList();
    up = up.stream().map(List::copyOf).toList();
  }

  /**
   * The same number behind every residual block of a level.
   *
   * @param layers residual blocks in each level on the way down; one more on the way up
   * @param depth for each level
   * @param middle in the middle
   */
  public static Transformers ofLevels(int layers, List<Integer> depth, int middle) {
    List<List<Integer>> down = new ArrayList<>();
    List<List<Integer>> up = new ArrayList<>();
    for (int level : depth) {
      down.add(Collections.nCopies(layers, level));
      up.add(0, Collections.nCopies(layers + 1, level));
    }
    return new Transformers(down, OptionalInt.of(middle), up);
  }

  /** Whether there are any in a level, or in the middle if it is the last one. */
  public boolean inLevel(int level) {
    return down.get(level).stream().anyMatch(blocks -> blocks > 0)
        || (!up.isEmpty() && up.get(up.size() - 1 - level).stream().anyMatch(blocks -> blocks > 0))
        || (level == down.size() - 1 && middle.orElse(0) > 0);
  }

  /** The name of the first place that has any, the middle before the way down. */
  public Optional<String> first() {
    if (middle.orElse(0) > 0) {
      return Optional.of("mid_block.attentions.0");
    }
    for (int level = 0; level < down.size(); level++) {
      for (int block = 0; block < down.get(level).size(); block++) {
        if (down.get(level).get(block) > 0) {
          return Optional.of("down_blocks." + level + ".attentions." + block);
        }
      }
    }
    return Optional.empty();
  }
}
