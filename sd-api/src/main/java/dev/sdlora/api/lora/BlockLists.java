package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lists of blocks that {@link BlockWeights} have values for, a row for the families that have
 * the same.
 */
final class BlockLists {
  private static final List<Row> ROWS =
      Arrays.stream(ModelFamily.values())
          .collect(
              Collectors.groupingBy(
                  ModelFamily::blocks, LinkedHashMap::new, Collectors.toUnmodifiableList()))
          .entrySet()
          .stream()
          .map(row -> new Row(row.getValue(), row.getKey()))
          .toList();

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

  /** Whether a family has a U-Net of three levels, such as SDXL's, which has nine input blocks. */
  static boolean hasThreeLevels(ModelFamily family) {
    return row(family).lists.stream()
        .anyMatch(list -> list.contains("IN08") && !list.contains("OUT09"));
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
}
