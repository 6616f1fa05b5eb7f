package dev.sdlora.tensors.file.quantised;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.QuantisedTensor;
import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.SettingsJson;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds weights in NF4 as bitsandbytes stores them: {@code x} with the codes, {@code x.absmax},
 * {@code x.quant_map} and JSON in {@code x.quant_state.bitsandbytes__nf4}, which has the shape.
 */
final class Nf4Layout {
  /** The ending of the tensor that describes a weight. */
  static final String ENDING = ".quant_state.bitsandbytes__nf4";

  private static final String MAGNITUDES = ".absmax";
  private static final String TABLE = ".quant_map";
  private static final String NESTED_MAGNITUDES = ".nested_absmax";
  private static final String NESTED_TABLE = ".nested_quant_map";

  /** The most elements in a block, and blocks in a block of blocks; 64 and 256 are usual. */
  private static final int MAX_BLOCK = 1 << 16;

  private final StoredValues stored;
  private final Map<String, TensorEntry> tensors;

  /**
   * Creates a finder.
   *
   * @param stored the open file
   * @param tensors its tensors
   */
  Nf4Layout(StoredValues stored, Map<String, TensorEntry> tensors) {
    this.stored = stored;
    this.tensors = tensors;
  }

  /**
   * Returns the weight that a tensor describes.
   *
   * @param state the tensor with the description
   * @throws dev.sdlora.api.error.TensorFileException if a tensor is missing or does not fit
   */
  QuantisedTensor read(TensorEntry state) throws IOException {
    String name = state.name().substring(0, state.name().length() - ENDING.length());
    Set<String> used = new HashSet<>(Set.of(state.name()));
    JsonNode json = json(state);
    TensorEntry weight = need(state, name, used);
    List<Long> shape = shape(state, json, weight);
    long elements = TensorEntry.byteLength(shape, DType.I8);
    int block = positive(state, json, "blocksize");
    long blocks = (elements + block - 1) / block;
    TensorEntry magnitudes = need(state, name + MAGNITUDES, used);
    Optional<Nf4.Nested> nested =
        json.has("nested_blocksize") || json.has("nested_offset")
            ? Optional.of(nested(state, json, name, blocks, used))
            : Optional.empty();
    require(magnitudes, blocks, nested.isPresent() ? DType.U8 : null, name);
    TensorEntry table = need(state, name + TABLE, used);
    require(table, Nf4.CODES, null, name);
    return new QuantisedTensor(
        name, shape, "nf4", new Nf4(weight, elements, block, magnitudes, table, nested), used);
  }

  private Nf4.Nested nested(
      TensorEntry state, JsonNode json, String name, long blocks, Set<String> used) {
    int block = positive(state, json, "nested_blocksize");
    float offset = (float) json.path("nested_offset").asDouble(Double.NaN);
    if (!json.path("nested_offset").isNumber() || !Float.isFinite(offset)) {
      throw error(state, "expected a finite number as 'nested_offset'");
    }
    TensorEntry magnitudes = need(state, name + NESTED_MAGNITUDES, used);
    require(magnitudes, (blocks + block - 1) / block, null, name);
    TensorEntry table = need(state, name + NESTED_TABLE, used);
    require(table, Nf4.NESTED_CODES, null, name);
    return new Nf4.Nested(block, magnitudes, table, offset);
  }

  private JsonNode json(TensorEntry state) throws IOException {
    try {
      return SettingsJson.parse(
          new String(QuantisedLayouts.text(stored, state), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw error(state, "expected JSON: " + SettingsJson.reason(e));
    }
  }

  /** Returns the shape of the values, which fit the number of codes. */
  private List<Long> shape(TensorEntry state, JsonNode json, TensorEntry weight) {
    List<Long> shape = new ArrayList<>();
    for (JsonNode size : json.path("shape")) {
      if (!size.canConvertToLong() || !size.isIntegralNumber()) {
        throw error(state, "expected whole numbers as 'shape'");
      }
      shape.add(size.longValue());
      if (shape.size() > TensorEntry.MAX_DIMENSIONS) {
        throw error(state, "expected at most %s sizes".formatted(TensorEntry.MAX_DIMENSIONS));
      }
    }
    long elements;
    try {
      elements = TensorEntry.byteLength(shape, DType.F32) / DType.F32.bytes();
    } catch (IllegalArgumentException e) {
      throw error(state, "expected a shape: " + e.getMessage());
    }
    if (weight.dtype() != DType.U8 || weight.elements() != (elements + 1) / 2) {
      throw error(
          state,
          "with shape %s for tensor '%s' of %s %s, expected half as many uint8"
              .formatted(shape, weight.name(), weight.dtype().label(), weight.shape()));
    }
    return shape;
  }

  private int positive(TensorEntry state, JsonNode json, String key) {
    JsonNode number = json.path(key);
    if (!number.isInt() || number.intValue() < 1 || number.intValue() > MAX_BLOCK) {
      throw error(state, "expected a number from 1 to %s as '%s'".formatted(MAX_BLOCK, key));
    }
    return number.intValue();
  }

  private TensorEntry need(TensorEntry state, String name, Set<String> used) {
    TensorEntry entry = tensors.get(name);
    if (entry == null) {
      throw error(state, "but no tensor '%s'; the file is probably incomplete".formatted(name));
    }
    used.add(name);
    return entry;
  }

  /** Checks the length of a tensor, and that it has a dtype, or floats if none is given. */
  private void require(TensorEntry entry, long elements, @Nullable DType dtype, String weight) {
    boolean fits = dtype == null ? isFloats(entry) : entry.dtype() == dtype;
    if (!fits || entry.elements() != elements) {
      throw TensorFileErrors.tensorError(
          stored.path(),
          entry.name(),
          "has tensor '%s' of %s %s for '%s', expected %s %s"
              .formatted(
                  entry.name(),
                  entry.dtype().label(),
                  entry.shape(),
                  weight,
                  elements,
                  dtype == null ? "floats" : dtype.label()));
    }
  }

  private static boolean isFloats(TensorEntry entry) {
    return entry.dtype().isFloating() && !entry.dtype().isFloat8();
  }

  private TensorFileException error(TensorEntry state, String predicate) {
    return TensorFileErrors.tensorError(
        stored.path(), state.name(), "has tensor '" + state.name() + "', " + predicate);
  }
}
