package dev.sdlora.lora.family;

import dev.sdlora.api.model.ModelFamily;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of all families. */
public final class LayerTables {
  /** All tables; a family whose words contain those of another comes before it. */
  public static final List<LayerTable> ALL =
      Stream.concat(
              Stream.of(
                  new Flux2Layers(),
                  new ChromaLayers(),
                  new Flux1Layers(),
                  new Sd3Layers(),
                  new ZImageLayers()),
              Arrays.stream(SdLayers.values()))
          .toList();

  private static final Map<ModelFamily, LayerTable> BY_FAMILY =
      ALL.stream().collect(Collectors.toUnmodifiableMap(LayerTable::family, Function.identity()));

  private LayerTables() {}

  /** Returns the table of a family; empty if the family is unknown. */
  public static Optional<LayerTable> of(ModelFamily family) {
    return Optional.ofNullable(BY_FAMILY.get(family));
  }

  /** Returns the names of a family's layers; empty if its denoiser is no transformer. */
  public static Optional<TransformerNames> names(ModelFamily family) {
    return of(family).flatMap(LayerTable::names);
  }

  /**
   * Returns the table of the family that a text names.
   *
   * @param text values of metadata, in lower case
   */
  static Optional<LayerTable> named(String text) {
    return ALL.stream()
        .filter(table -> Pattern.compile(table.words()).matcher(text).find())
        .findFirst();
  }
}
