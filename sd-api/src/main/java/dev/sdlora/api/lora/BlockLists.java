package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lists of blocks that {@link BlockWeights} have values for, by family and length. */
final class BlockLists {
  private static final Map<Integer, List<String>> LAYOUTS =
      Stream.of(
              layout(List.of(1, 2, 4, 5, 7, 8), 3, 12),
              layout(IntStream.range(0, 12).boxed().toList(), 0, 12),
              layout(List.of(4, 5, 7, 8), 0, 6),
              layout(IntStream.range(0, 9).boxed().toList(), 0, 9))
          .collect(Collectors.toUnmodifiableMap(List::size, blocks -> blocks));

  private static final Set<Integer> SDXL_LAYOUTS = Set.of(12, 20);

  private static final Map<Integer, List<String>> FLUX2_LAYOUTS =
      Stream.of(List.of(run("D", 5), run("S", 20)), List.of(run("D", 8), run("S", 24)))
          .map(BlockLists::joined)
          .collect(Collectors.toUnmodifiableMap(List::size, blocks -> blocks));

  private static final Map<Integer, List<String>> Z_IMAGE_LAYOUTS =
      Stream.of(List.of(run("N", 2), run("C", 2), run("L", 30)))
          .map(BlockLists::joined)
          .collect(Collectors.toUnmodifiableMap(List::size, blocks -> blocks));

  /** FLUX.1 and Chroma. */
  private static final Map<Integer, List<String>> FLUX1_LAYOUTS =
      Stream.of(List.of(run("D", 19), run("S", 38)))
          .map(BlockLists::joined)
          .collect(Collectors.toUnmodifiableMap(List::size, blocks -> blocks));

  /** SD 3 and 3.5 Medium, and 3.5 Large. */
  private static final Map<Integer, List<String>> SD3_LAYOUTS =
      Stream.of(List.of(run("D", 24)), List.of(run("D", 38)))
          .map(BlockLists::joined)
          .collect(Collectors.toUnmodifiableMap(List::size, blocks -> blocks));

  private BlockLists() {}

  /** Whether some family has a list of this length. */
  static boolean hasSize(int size) {
    return LAYOUTS.containsKey(size)
        || FLUX2_LAYOUTS.containsKey(size)
        || Z_IMAGE_LAYOUTS.containsKey(size)
        || FLUX1_LAYOUTS.containsKey(size)
        || SD3_LAYOUTS.containsKey(size);
  }

  /** The lists of a family by the number of their values. */
  private static Map<Integer, List<String>> layouts(ModelFamily family) {
    return switch (family) {
      case FLUX2 -> FLUX2_LAYOUTS;
      case Z_IMAGE -> Z_IMAGE_LAYOUTS;
      case FLUX1, CHROMA -> FLUX1_LAYOUTS;
      case SD3 -> SD3_LAYOUTS;
      case SD1, SD2, SDXL, SDXL_REFINER, UNKNOWN -> LAYOUTS;
    };
  }

  /** The list of a family with this length; empty if it has none. */
  static List<String> of(ModelFamily family, int size) {
    return layouts(family).getOrDefault(size, List.of());
  }

  /** Whether a family has a list of this length; SDXL has other lists than SD 1.x and 2.x. */
  static boolean hasSize(int size, ModelFamily family) {
    Map<Integer, List<String>> layouts = layouts(family);
    return layouts.containsKey(size)
        && (layouts != LAYOUTS || SDXL_LAYOUTS.contains(size) == (family == ModelFamily.SDXL));
  }

  /** Whether some family has a block of this name. */
  static boolean hasBlock(String name) {
    return Stream.of(LAYOUTS, FLUX2_LAYOUTS, Z_IMAGE_LAYOUTS, FLUX1_LAYOUTS, SD3_LAYOUTS)
        .anyMatch(layouts -> isBlock(name, layouts));
  }

  /** Whether a family has a block of this name; all U-Nets count as one family. */
  static boolean hasBlock(String name, ModelFamily family) {
    return isBlock(name, layouts(family));
  }

  private static boolean isBlock(String name, Map<Integer, List<String>> layouts) {
    return layouts.values().stream().anyMatch(blocks -> blocks.contains(name));
  }

  private static List<String> run(String letter, int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> String.format(Locale.ROOT, "%s%02d", letter, number))
        .toList();
  }

  private static List<String> joined(List<List<String>> runs) {
    return Stream.concat(Stream.of(BlockWeights.BASE), runs.stream().flatMap(List::stream))
        .toList();
  }

  private static List<String> layout(List<Integer> in, int firstOut, int outs) {
    List<String> blocks = new ArrayList<>(List.of(BlockWeights.BASE));
    in.forEach(number -> blocks.add(String.format(Locale.ROOT, "IN%02d", number)));
    blocks.add(BlockWeights.MID);
    IntStream.range(firstOut, outs)
        .forEach(number -> blocks.add(String.format(Locale.ROOT, "OUT%02d", number)));
    return List.copyOf(blocks);
  }
}
