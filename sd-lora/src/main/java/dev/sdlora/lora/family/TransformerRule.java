package dev.sdlora.lora.family;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A name in other code for layers of a transformer. In all names, {@code #} is the index of a
 * block.
 *
 * @param other the name in other code
 * @param layers the layers' own names, in the order of the rows of the other code's matrix
 * @param halvesSwapped whether the other code has the second half of the rows first, if there are
 *     two: a shift and a scale, each as wide as the matrix
 */
public record TransformerRule(String other, List<String> layers, boolean halvesSwapped) {
  private static final String INDEX = "#";

  /** Copies the list. */
  public TransformerRule {
    layers = List.copyOf(layers);
  }

  /** Layers under another name, stacked if there are several. */
  static TransformerRule rule(String other, String... layers) {
    return new TransformerRule(other, List.of(layers), false);
  }

  /** Whether the other code has the second half of a matrix's rows first. */
  public boolean isSwapped(long rows, long columns) {
    return halvesSwapped && rows == 2 * columns;
  }

  /** A layer under another name that has its halves the other way round there. */
  static TransformerRule swapped(String other, String layer) {
    return new TransformerRule(other, List.of(layer), true);
  }

  /** The same layers in every kind of block: {@code *} in the names is the kind. */
  static Stream<TransformerRule> each(List<String> kinds, TransformerRule rule) {
    return kinds.stream()
        .map(
            kind ->
                new TransformerRule(
                    rule.other.replace("*", kind),
                    rule.layers.stream().map(layer -> layer.replace("*", kind)).toList(),
                    rule.halvesSwapped));
  }

  /**
   * The index of the block that a layer belongs to, if it is the first of the rule: the text in the
   * place of {@code #} in its name, empty for a layer outside of blocks.
   */
  public Optional<String> block(String layer) {
    return block(layers.get(0), layer);
  }

  /** The rule for the block of a layer, if the rule is for the layer. */
  Optional<TransformerRule> with(String layer) {
    return layers.stream().flatMap(each -> block(each, layer).stream()).findFirst().map(this::in);
  }

  private static Optional<String> block(String first, String layer) {
    int at = first.indexOf(INDEX);
    if (at < 0) {
      return layer.equals(first) ? Optional.of("") : Optional.empty();
    }
    String end = first.substring(at + 1);
    if (!layer.startsWith(first.substring(0, at))
        || !layer.endsWith(end)
        || layer.length() <= at + end.length()) {
      return Optional.empty();
    }
    String index = layer.substring(at, layer.length() - end.length());
    return index.chars().allMatch(Character::isDigit) ? Optional.of(index) : Optional.empty();
  }

  /** The rule for one block. */
  public TransformerRule in(String block) {
    return new TransformerRule(
        other.replace(INDEX, block),
        layers.stream().map(layer -> layer.replace(INDEX, block)).toList(),
        halvesSwapped);
  }
}
