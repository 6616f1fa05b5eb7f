package dev.sdlora.tensors.file;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.TensorFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The scales that ComfyUI's "scaled" files store for 8-bit weights: the weight is the stored value
 * times the scale. The scale of {@code x.weight} is named {@code x.scale_weight}, in newer files
 * {@code x.weight_scale}. An empty tensor {@code scaled_fp8} marks a scaled network; newer files
 * instead have a tensor {@code x.comfy_quant} for each weight.
 */
public final class WeightScales {
  private static final String WEIGHT = "weight";
  private static final List<String> SCALES = List.of("scale_weight", "weight_scale");
  private static final String NETWORK_MARK = "scaled_fp8";
  private static final String WEIGHT_MARK = "comfy_quant";

  /** The names above, and scales of layer inputs, which are only needed to compute in 8 bits. */
  private static final Set<String> NOTES =
      Set.of(
          "scale_weight", "weight_scale", NETWORK_MARK, WEIGHT_MARK, "scale_input", "input_scale");

  /** A file has one for each network; every weight is compared with all of them. */
  private static final int MAX_MARKS = 16;

  private WeightScales() {}

  /** Whether a tensor only describes the storage of 8-bit tensors. */
  public static boolean isNote(String tensor) {
    String last = tensor.substring(tensor.lastIndexOf('.') + 1);
    return NOTES.contains(last);
  }

  /** Returns the tensor with the scale of a weight; empty if the weight is not scaled. */
  static Optional<TensorEntry> find(TensorEntry weight, Map<String, TensorEntry> tensors) {
    if (!weight.dtype().isFloat8() || !isWeight(weight.name())) {
      return Optional.empty();
    }
    return SCALES.stream()
        .flatMap(scale -> Optional.ofNullable(tensors.get(sibling(weight.name(), scale))).stream())
        .findFirst();
  }

  /**
   * Checks that scaled matrices and kernels have a scale, which must be a single number.
   *
   * @throws TensorFileException if not; the message names the tensor
   */
  static void require(Path path, Map<String, TensorEntry> tensors) {
    List<String> marked = new ArrayList<>();
    for (String name : tensors.keySet()) {
      if (name.equals(NETWORK_MARK) || name.endsWith("." + NETWORK_MARK)) {
        marked.add(name);
      }
    }
    if (marked.size() > MAX_MARKS) {
      throw error(
          path,
          marked.get(MAX_MARKS),
          "has %s tensors '…%s', such as '%s', expected one for each network, and at most %s"
              .formatted(marked.size(), NETWORK_MARK, marked.get(MAX_MARKS), MAX_MARKS));
    }
    for (TensorEntry entry : tensors.values()) {
      Optional<TensorEntry> scale = find(entry, tensors);
      if (scale.isPresent()) {
        requireFactor(path, scale.get());
      } else if (entry.dtype().isFloat8() && isWeight(entry.name())) {
        mark(entry, marked, tensors)
            .ifPresent(
                mark -> {
                  String wanted = sibling(entry.name(), SCALES.get(0));
                  throw error(
                      path,
                      entry.name(),
                      "has tensor '%s' in %s, scaled as '%s' specifies, but no scale '%s'; expected one"
                              .formatted(entry.name(), entry.dtype().label(), mark, wanted)
                          + " number there, and the file is probably incomplete");
                });
      }
    }
  }

  /** Returns the tensor that marks a weight as scaled. */
  private static Optional<String> mark(
      TensorEntry weight, List<String> marked, Map<String, TensorEntry> tensors) {
    String own = sibling(weight.name(), WEIGHT_MARK);
    if (tensors.containsKey(own)) {
      return Optional.of(own);
    }
    return weight.shape().size() < 2
        ? Optional.empty()
        : marked.stream()
            .filter(
                mark ->
                    weight
                        .name()
                        .startsWith(mark.substring(0, mark.length() - NETWORK_MARK.length())))
            .findFirst();
  }

  private static void requireFactor(Path path, TensorEntry scale) {
    if (scale.elements() != 1 || !scale.dtype().isFloating()) {
      throw error(
          path,
          scale.name(),
          "has tensor '%s' of %s %s, expected one floating-point number for the whole weight"
              .formatted(scale.name(), scale.dtype().label(), scale.shape()));
    }
  }

  /**
   * Returns a scale if it is finite.
   *
   * @throws TensorFileException if it is NaN or infinite
   */
  static float requireFinite(Path path, TensorEntry scale, float factor) {
    if (!Float.isFinite(factor)) {
      throw error(
          path,
          scale.name(),
          "has %s in tensor '%s', expected a finite factor on the weight; the file is probably damaged"
              .formatted(factor, scale.name()));
    }
    return factor;
  }

  private static boolean isWeight(String name) {
    return name.equals(WEIGHT) || name.endsWith("." + WEIGHT);
  }

  /** Returns the name of another tensor of the same layer. */
  private static String sibling(String weight, String other) {
    return weight.substring(0, weight.length() - WEIGHT.length()) + other;
  }

  private static TensorFileException error(Path path, String tensor, String predicate) {
    return new TensorFileException(
        "tensor file '" + path + "' " + predicate, ErrorDetails.in(path).withTensor(tensor));
  }
}
