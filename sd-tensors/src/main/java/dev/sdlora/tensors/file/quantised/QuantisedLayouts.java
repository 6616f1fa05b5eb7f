package dev.sdlora.tensors.file.quantised;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.QuantisedTensor;
import dev.sdlora.tensors.entry.QuantisedTensors;
import dev.sdlora.tensors.entry.StoredValues;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the tensors that a file stores in a quantised format: the "scaled" weights of 8 bits,
 * microscaled formats and rotated integers of ComfyUI, and NF4 of bitsandbytes.
 *
 * <p>The scale of {@code x.weight} is {@code x.scale_weight}, in newer files {@code
 * x.weight_scale}. A tensor {@code scaled_fp8} marks a network whose 8-bit weights are scaled;
 * newer files have a {@linkplain LayerNote description} for each layer instead. The scales of layer
 * inputs ({@code x.scale_input}, {@code x.input_scale}) are only needed to compute in 8 bits.
 */
public final class QuantisedLayouts {
  private static final String WEIGHT = "weight";
  private static final List<String> SCALES = List.of("scale_weight", "weight_scale");
  private static final String NETWORK_MARK = "scaled_fp8";
  private static final Set<String> NOTES =
      Set.of(NETWORK_MARK, LayerNote.TENSOR, "scale_input", "input_scale");

  /** A file has one for each network; every weight is compared with all of them. */
  private static final int MAX_MARKS = 16;

  /** The most bytes of a description in a tensor; known ones have up to 200. */
  private static final int MAX_TEXT = 4096;

  private final StoredValues stored;
  private final TensorContents contents;
  private final Map<String, TensorEntry> tensors;
  private final List<String> marks = new ArrayList<>();
  private final Map<String, LayerNote> notes = new HashMap<>();
  private final Set<String> hidden = new HashSet<>();
  private final Map<Integer, Rotation> rotations = new HashMap<>();
  private final Map<String, QuantisedTensor> found = new LinkedHashMap<>();

  private QuantisedLayouts(StoredValues stored, TensorContents contents) {
    this.stored = stored;
    this.contents = contents;
    this.tensors = contents.tensors();
  }

  /**
   * Finds the quantised tensors of a file. Reads the descriptions of layers, but no scales.
   *
   * @throws TensorFileException if a scale or a description is missing or does not fit, or if the
   *     format is not supported; the message names the tensor
   */
  public static QuantisedTensors.Shown read(
      Path path, FileChannel channel, long fileSize, TensorContents contents) throws IOException {
    QuantisedLayouts layouts = new QuantisedLayouts(new StoredValues(path, channel), contents);
    layouts.readNotes();
    layouts.findWeights();
    layouts.requireUsed();
    return QuantisedTensors.show(
        contents, fileSize, List.copyOf(layouts.found.values()), layouts.hidden);
  }

  /** Returns the bytes of a tensor with a short text. */
  static byte[] text(StoredValues stored, TensorEntry entry) throws IOException {
    if (entry.dtype() != DType.U8 || entry.byteLength() > MAX_TEXT) {
      throw TensorFileErrors.tensorError(
          stored.path(),
          entry.name(),
          "has tensor '%s' of %s %s, expected a text of at most %s uint8"
              .formatted(entry.name(), entry.dtype().label(), entry.shape(), MAX_TEXT));
    }
    return stored.bytes(entry, 0, (int) entry.byteLength());
  }

  private void readNotes() throws IOException {
    String metadata = contents.metadata().get(LayerNote.METADATA);
    if (metadata != null) {
      LayerNote.parseAll(stored.path(), metadata)
          .forEach((layer, note) -> notes.put(layer + "." + WEIGHT, note));
    }
    Nf4Layout nf4 = new Nf4Layout(stored, tensors);
    for (TensorEntry entry : tensors.values()) {
      String last = last(entry.name());
      if (NOTES.contains(last)) {
        hidden.add(entry.name());
      }
      if (last.equals(NETWORK_MARK)) {
        addMark(entry.name());
      } else if (last.equals(LayerNote.TENSOR)) {
        Cancellation.check();
        notes.put(
            sibling(entry.name(), WEIGHT),
            LayerNote.parse(stored.path(), entry.name(), text(stored, entry)));
      } else if (entry.name().endsWith(Nf4Layout.ENDING)) {
        Cancellation.check();
        add(nf4.read(entry));
      }
    }
  }

  private void addMark(String name) {
    if (marks.size() == MAX_MARKS) {
      throw error(
          name,
          "has more than %s tensors '…%s', such as '%s', expected one for each network"
              .formatted(MAX_MARKS, NETWORK_MARK, name));
    }
    marks.add(name);
  }

  private void findWeights() {
    for (TensorEntry entry : tensors.values()) {
      if (last(entry.name()).equals(WEIGHT) && !found.containsKey(entry.name())) {
        Optional<LayerNote> note = Optional.ofNullable(notes.get(entry.name()));
        if (note.isPresent()) {
          add(noted(entry, note.get()));
        } else if (entry.dtype().isFloat8() || entry.dtype() == DType.I8) {
          unnoted(entry);
        }
      }
    }
  }

  /** Adds an 8-bit weight without a description if it has a scale. */
  private void unnoted(TensorEntry weight) {
    Optional<TensorEntry> scale = scale(weight);
    if (scale.isPresent()) {
      if (weight.dtype() == DType.I8 && contents.metadata().containsKey(LayerNote.METADATA)) {
        throw error(
            weight.name(),
            "has tensor '%s' in int8 that '%s' does not describe; it may be rotated"
                .formatted(weight.name(), LayerNote.METADATA));
      }
      add(scaled(weight, scale.get(), 1));
      return;
    }
    mark(weight)
        .ifPresent(
            mark -> {
              throw missingScale(weight, mark);
            });
  }

  /** Returns the tensor that marks a weight as scaled. */
  private Optional<String> mark(TensorEntry weight) {
    return weight.shape().size() < 2 || !weight.dtype().isFloat8()
        ? Optional.empty()
        : marks.stream()
            .filter(
                mark ->
                    weight
                        .name()
                        .startsWith(mark.substring(0, mark.length() - NETWORK_MARK.length())))
            .findFirst();
  }

  private QuantisedTensor noted(TensorEntry weight, LayerNote note) {
    return switch (note.format()) {
      case "float8_e4m3fn" -> scaled(requireDType(weight, note, DType.F8_E4M3), note);
      case "float8_e5m2" -> scaled(requireDType(weight, note, DType.F8_E5M2), note);
      case "int8_tensorwise" -> scaled(requireDType(weight, note, DType.I8), note);
      case "mxfp8" ->
          microscaled(requireDType(weight, note, DType.F8_E4M3), Microscaled.MXFP8_BLOCK, note);
      case "nvfp4" ->
          microscaled(requireDType(weight, note, DType.U8), Microscaled.NVFP4_BLOCK, note);
      default ->
          throw error(
              weight.name(),
              "has tensor '%s' in the quantised format '%s', which is not supported; expected float8_e4m3fn, float8_e5m2, int8_tensorwise, mxfp8 or nvfp4"
                  .formatted(weight.name(), note.format()));
    };
  }

  private QuantisedTensor scaled(TensorEntry weight, LayerNote note) {
    TensorEntry scale = scale(weight).orElseThrow(() -> missingScale(weight, note.place()));
    if (note.group() > 1 && weight.dtype() != DType.I8) {
      throw error(
          weight.name(),
          "has tensor '%s' in %s, rotated as '%s' specifies; expected int8"
              .formatted(weight.name(), weight.dtype().label(), note.place()));
    }
    return scaled(weight, scale, note.group());
  }

  private QuantisedTensor scaled(TensorEntry weight, TensorEntry scale, int group) {
    requireFloats(scale);
    ScaledBytes.Grid grid =
        ScaledBytes.grid(weight.shape(), scale)
            .orElseThrow(
                () ->
                    error(
                        scale.name(),
                        "has tensor '%s' of %s %s for '%s' of shape %s, expected one floating-point number, or one for each row or block"
                            .formatted(
                                scale.name(),
                                scale.dtype().label(),
                                scale.shape(),
                                weight.name(),
                                weight.shape())));
    if (group > 1 && (grid.columns() % group != 0 || grid.across() > 1)) {
      throw error(
          weight.name(),
          "has tensor '%s' of shape %s, rotated in groups of %s inputs; expected rows of whole groups with one scale"
              .formatted(weight.name(), weight.shape(), group));
    }
    ScaledBytes widening =
        new ScaledBytes(
            weight,
            scale,
            grid,
            group == 1
                ? Optional.empty()
                : Optional.of(rotations.computeIfAbsent(group, Rotation::new)));
    return new QuantisedTensor(
        weight.name(),
        weight.shape(),
        widening.format(),
        widening,
        Set.of(weight.name(), scale.name()));
  }

  private QuantisedTensor microscaled(TensorEntry weight, int block, LayerNote note) {
    boolean nvfp4 = block == Microscaled.NVFP4_BLOCK;
    TensorEntry scale =
        sibling(weight, SCALES.get(1)).orElseThrow(() -> missingScale(weight, note.place()));
    Set<String> used = new HashSet<>(Set.of(weight.name(), scale.name()));
    List<Long> shape = weight.shape();
    if (note.group() > 1
        || shape.size() != 2
        || shape.get(1) > Microscaled.MAX_COLUMNS
        || shape.get(1) * (nvfp4 ? 2 : 1) % block != 0) {
      throw error(
          weight.name(),
          "has tensor '%s' of shape %s in %s, expected a matrix with rows of whole blocks of %s, not rotated"
              .formatted(weight.name(), shape, note.format(), block));
    }
    List<Long> values = List.of(shape.get(0), shape.get(1) * (nvfp4 ? 2 : 1));
    long scales = Microscaled.scales(values.get(0), values.get(1), block);
    boolean fits =
        scale.elements() == scales
            && (scale.dtype() == DType.U8 || (nvfp4 && scale.dtype() == DType.F8_E4M3));
    if (!fits) {
      throw error(
          scale.name(),
          "has tensor '%s' of %s %s for '%s' in %s, expected %s numbers of 8 bits"
              .formatted(
                  scale.name(),
                  scale.dtype().label(),
                  scale.shape(),
                  weight.name(),
                  note.format(),
                  scales));
    }
    Optional<TensorEntry> whole = Optional.empty();
    Optional<TensorEntry> inputs = Optional.empty();
    if (nvfp4) {
      String name = "weight_scale_2";
      whole =
          Optional.of(
              sibling(weight, name).orElseThrow(() -> missingScale(weight, note.place(), name)));
      requireLength(whole.get(), 1, weight);
      inputs = sibling(weight, "pre_quant_scale");
      inputs.ifPresent(factors -> requireLength(factors, values.get(1), weight));
    }
    whole.ifPresent(entry -> used.add(entry.name()));
    inputs.ifPresent(entry -> used.add(entry.name()));
    return new QuantisedTensor(
        weight.name(),
        values,
        note.format(),
        new Microscaled(weight, values.get(1), scale, whole, inputs),
        used);
  }

  private void requireLength(TensorEntry scale, long length, TensorEntry weight) {
    requireFloats(scale);
    if (scale.elements() != length) {
      throw error(
          scale.name(),
          "has tensor '%s' of shape %s for '%s', expected %s numbers"
              .formatted(scale.name(), scale.shape(), weight.name(), length));
    }
  }

  private void requireFloats(TensorEntry scale) {
    if (!scale.dtype().isFloating() || scale.dtype().isFloat8()) {
      throw error(
          scale.name(),
          "has tensor '%s' of %s %s, expected floating-point scales"
              .formatted(scale.name(), scale.dtype().label(), scale.shape()));
    }
  }

  private TensorEntry requireDType(TensorEntry weight, LayerNote note, DType dtype) {
    if (weight.dtype() != dtype) {
      throw error(
          weight.name(),
          "has tensor '%s' in %s, but '%s' says %s; expected %s"
              .formatted(
                  weight.name(),
                  weight.dtype().label(),
                  note.place(),
                  note.format(),
                  dtype.label()));
    }
    return weight;
  }

  /** Checks that no description or scale belongs to a weight of another file. */
  private void requireUsed() {
    for (TensorEntry entry : tensors.values()) {
      String last = last(entry.name());
      boolean describes = last.equals(LayerNote.TENSOR) || SCALES.contains(last);
      String weight = sibling(entry.name(), WEIGHT);
      // torchao stores values as "weight_qdata".
      if (describes && !tensors.containsKey(weight) && !tensors.containsKey(weight + "_qdata")) {
        throw error(
            entry.name(),
            "has tensor '%s', but no tensor '%s', which it describes; the layer is probably split between two files"
                .formatted(entry.name(), weight));
      }
    }
  }

  private void add(QuantisedTensor tensor) {
    for (String name : tensor.used()) {
      if (contents.strides().containsKey(name)) {
        throw error(
            name,
            "has tensor '%s' of a quantised weight that is not contiguous, expected all its elements in order"
                .formatted(name));
      }
    }
    found.put(tensor.name(), tensor);
  }

  private Optional<TensorEntry> scale(TensorEntry weight) {
    return SCALES.stream().flatMap(scale -> sibling(weight, scale).stream()).findFirst();
  }

  /** Returns another tensor of the same layer. */
  private Optional<TensorEntry> sibling(TensorEntry weight, String other) {
    return Optional.ofNullable(tensors.get(sibling(weight.name(), other)));
  }

  private static String sibling(String name, String other) {
    return name.substring(0, name.length() - last(name).length()) + other;
  }

  /** Returns the part of a name after the last dot. */
  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private TensorFileException missingScale(TensorEntry weight, String mark) {
    return missingScale(weight, mark, SCALES.get(marks.contains(mark) ? 0 : 1));
  }

  private TensorFileException missingScale(TensorEntry weight, String mark, String scale) {
    return error(
        weight.name(),
        "has tensor '%s' in %s, scaled as '%s' specifies, but no scale '%s'; the file is probably incomplete"
            .formatted(weight.name(), weight.dtype().label(), mark, sibling(weight.name(), scale)));
  }

  private TensorFileException error(String tensor, String predicate) {
    return TensorFileErrors.tensorError(stored.path(), tensor, predicate);
  }
}
