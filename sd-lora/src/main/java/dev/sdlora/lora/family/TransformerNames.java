package dev.sdlora.lora.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The names of the layers of a family of diffusion transformers. The layers have diffusers' names;
 * the rules list the names of the authors' code and of single files.
 */
public final class TransformerNames {
  private final List<TransformerRule> rules;

  @SafeVarargs
  TransformerNames(Stream<TransformerRule>... rules) {
    List<TransformerRule> all = new ArrayList<>();
    for (Stream<TransformerRule> some : rules) {
      some.forEach(all::add);
    }
    this.rules = List.copyOf(all);
  }

  /**
   * The name in other code for a layer, with all layers that have this name together; empty if it
   * is the layer's own.
   *
   * @param layer its name in diffusers
   */
  public Optional<TransformerRule> other(String layer) {
    return rules.stream().flatMap(rule -> rule.with(layer).stream()).findFirst();
  }

  /** The names in other code. */
  public List<TransformerRule> rules() {
    return rules;
  }
}
