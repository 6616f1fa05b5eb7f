package dev.sdlora.lora.format;

import dev.sdlora.tensors.file.TensorEntry;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * One layer's change in an adapter file.
 *
 * @param key the name of the layer in the file
 * @param kind how the change is made of the tensors
 * @param parts the tensors
 * @param configuredScale the factor that settings beside the tensors give, such as PEFT's {@code
 *     lora_alpha / r}; it stands in for alpha / rank
 */
public record LoraModule(
    String key, Kind kind, Map<Part, TensorEntry> parts, Optional<Double> configuredScale) {

  /** Copies the map. */
  public LoraModule {
    parts = Collections.unmodifiableMap(new EnumMap<>(parts));
  }

  /**
   * A tensor that must be there.
   *
   * @throws NoSuchElementException if it is not
   */
  public TensorEntry part(Part part) {
    return find(part).orElseThrow(() -> new NoSuchElementException(key + "." + part.ending()));
  }

  /** A tensor that may be there. */
  public Optional<TensorEntry> find(Part part) {
    return Optional.ofNullable(parts.get(part));
  }

  /** The number of columns of {@code up}; 1 where the kind has no rank. */
  public int rank() {
    return switch (kind) {
      case LORA -> first(Part.LORA_DOWN);
      case LOHA -> first(Part.HADA_W1_B);
      case LOKR -> find(Part.LOKR_W1_B).isPresent() ? first(Part.LOKR_W1_B) : lokrRank();
      case GLORA, IA3, OFT, BOFT, OLD_OFT, FULL, NORM -> 1;
    };
  }

  private int lokrRank() {
    return find(Part.LOKR_W2_B).isPresent() ? first(Part.LOKR_W2_B) : 1;
  }

  private int first(Part part) {
    return Math.toIntExact(part(part).shape().get(0));
  }
}
