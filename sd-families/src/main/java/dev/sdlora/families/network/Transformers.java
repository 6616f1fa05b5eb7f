package dev.sdlora.families.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The number of transformer blocks after each residual block of a U-Net. Distilled networks
 * (SSD-1B, Vega, BK-SDM) have fewer of them in some places.
 *
 * @param down for each encoder level, from the largest resolution to the smallest, for each
 *     residual block; 0 for none
 * @param middle for the middle block: 0 if it is a single residual block, empty if there is none
 * @param up for each decoder level, from the smallest resolution to the largest
 */
public record Transformers(List<List<Integer>> down, OptionalInt middle, List<List<Integer>> up) {
  /** Copies the lists. */
  public Transformers {
    down = down.stream().map(List::copyOf).toList();
    up = up.stream().map(List::copyOf).toList();
  }

  /**
   * Creates a layout with the same number after every residual block of a level.
   *
   * @param layers residual blocks in each encoder level; the decoder has one more
   * @param depth transformer blocks for each level
   * @param middle transformer blocks in the middle
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

  /** Whether a level has transformers; the last level includes the middle block. */
  public boolean inLevel(int level) {
    return down.get(level).stream().anyMatch(blocks -> blocks > 0)
        || (!up.isEmpty() && up.get(up.size() - 1 - level).stream().anyMatch(blocks -> blocks > 0))
        || (level == down.size() - 1 && middle.orElse(0) > 0);
  }

  /** Returns the name of the first transformer; the middle block comes before the encoder. */
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
