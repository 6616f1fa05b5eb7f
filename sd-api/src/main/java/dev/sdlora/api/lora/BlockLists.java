package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The lists of blocks that {@link BlockWeights} have values for, a row for each set of families.
 */
final class BlockLists {
  private static final List<Row> ROWS =
      List.of(
          new Row(
              List.of(
                  ModelFamily.SD1, ModelFamily.SD2, ModelFamily.SDXL_REFINER, ModelFamily.UNKNOWN),
              List.of(
                  unet(List.of(1, 2, 4, 5, 7, 8), 3, 12),
                  unet(IntStream.range(0, 12).boxed().toList(), 0, 12))),
          new Row(
              List.of(ModelFamily.SDXL),
              List.of(
                  unet(List.of(4, 5, 7, 8), 0, 6),
                  unet(IntStream.range(0, 9).boxed().toList(), 0, 9))),
          new Row(
              List.of(ModelFamily.FLUX2),
              List.of(runs(run("D", 5), run("S", 20)), runs(run("D", 8), run("S", 24)))),
          new Row(
              List.of(ModelFamily.Z_IMAGE), List.of(runs(run("N", 2), run("C", 2), run("L", 30)))),
          new Row(
              List.of(ModelFamily.FLUX1, ModelFamily.CHROMA),
              List.of(runs(run("D", 19), run("S", 38)))),
          // SD 3 and 3.5 Medium, and 3.5 Large.
          new Row(List.of(ModelFamily.SD3), List.of(runs(run("D", 24)), runs(run("D", 38)))));

  private record Row(List<ModelFamily> families, List<List<String>> lists) {
    /** The numbers of values. */
    String sizes() {
      return lists.stream().map(list -> "" + list.size()).collect(Collectors.joining(" or "));
    }

    /** The labels of the families that draw on their own. */
    String labels() {
      return families.stream()
          .filter(ModelFamily.supported()::contains)
          .map(ModelFamily::label)
          .collect(Collectors.joining(" and "))
          .replace(" and SD ", " and ");
    }
  }

  private BlockLists() {}

  /** The row of a family. */
  private static Row row(ModelFamily family) {
    return ROWS.stream().filter(row -> row.families.contains(family)).findFirst().orElseThrow();
  }

  /** The lists of a family; all U-Nets count as one family. */
  private static Stream<List<String>> lists(ModelFamily family) {
    return (family.isTransformer()
            ? Stream.of(row(family))
            : ROWS.stream().filter(row -> !row.families.get(0).isTransformer()))
        .flatMap(row -> row.lists.stream());
  }

  /** Whether some family has a list of this length. */
  static boolean hasSize(int size) {
    return ROWS.stream().flatMap(row -> row.lists.stream()).anyMatch(list -> list.size() == size);
  }

  /** The list of a family with this length; empty if it has none. */
  static List<String> of(ModelFamily family, int size) {
    return lists(family).filter(list -> list.size() == size).findFirst().orElse(List.of());
  }

  /** Whether a family has a list of this length; SDXL has other lists than SD 1.x and 2.x. */
  static boolean hasSize(int size, ModelFamily family) {
    return row(family).lists.stream().anyMatch(list -> list.size() == size);
  }

  /** Whether some family has a block of this name. */
  static boolean hasBlock(String name) {
    return ROWS.stream().flatMap(row -> row.lists.stream()).anyMatch(list -> list.contains(name));
  }

  /** Whether a family has a block of this name; all U-Nets count as one family. */
  static boolean hasBlock(String name, ModelFamily family) {
    return lists(family).anyMatch(list -> list.contains(name));
  }

  /** The numbers of values of a family's lists, such as {@code 12 or 20}. */
  static String sizes(ModelFamily family) {
    return row(family).sizes();
  }

  /** The numbers of values of all families, for messages. */
  static String sizes() {
    String all =
        ROWS.stream()
            .map(row -> row.sizes() + " for " + row.labels())
            .collect(Collectors.joining(", "));
    return all.replaceFirst(" for", " values for");
  }

  private static Stream<String> run(String letter, int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> String.format(Locale.ROOT, "%s%02d", letter, number));
  }

  private static List<String> runs(Stream<?>... runs) {
    return Stream.concat(Stream.of(BlockWeights.BASE), Stream.of(runs).flatMap(run -> run))
        .map(String::valueOf)
        .toList();
  }

  private static List<String> unet(List<Integer> in, int firstOut, int outs) {
    List<String> blocks = new ArrayList<>(List.of(BlockWeights.BASE));
    in.forEach(number -> blocks.add(String.format(Locale.ROOT, "IN%02d", number)));
    blocks.add(BlockWeights.MID);
    IntStream.range(firstOut, outs)
        .forEach(number -> blocks.add(String.format(Locale.ROOT, "OUT%02d", number)));
    return List.copyOf(blocks);
  }
}
