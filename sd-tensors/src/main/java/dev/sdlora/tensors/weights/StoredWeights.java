package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that are held in a {@linkplain StoredFormat format} other than the dtype of the
 * computation. A layer widens its weight at each call.
 *
 * <p>Thread-safe.
 */
final class StoredWeights {
  private static final String WEIGHT = ".weight";

  /** The number of elements that are rounded at once. */
  private static final long ROUNDED_ELEMENTS = 1 << 20;

  private final Torch torch;
  private final Map<String, StoredFormat> formats;

  /**
   * Creates the operations on such weights.
   *
   * @param formats the format of each weight, by name
   */
  StoredWeights(Torch torch, Map<String, StoredFormat> formats) {
    this.torch = torch;
    this.formats = Map.copyOf(formats);
  }

  /** Compiled on demand, because most networks have no such weights. */
  private Program program() {
    return Program.load(
        torch, StoredWeights.class, "held.torchscript.py", "widening.torchscript.py");
  }

  boolean isEmpty() {
    return formats.isEmpty();
  }

  boolean contains(String name) {
    return formats.containsKey(name);
  }

  /** Returns the format of a weight; empty if it is held in the dtype of the computation. */
  Optional<StoredFormat> format(String name) {
    return Optional.ofNullable(formats.get(name));
  }

  /**
   * Reads the tensors of a weight, as its file stores them or, if the file has another format,
   * rounded to the format once.
   *
   * @param owner the manager that will own the result
   * @return the code and shape of the weight, int64, and the parts
   */
  List<NDArray> load(
      String name, TensorLoader loader, TensorFile.Reader reader, Origin origin, NDManager owner) {
    StoredFormat format = formats.get(name);
    if (format == null) {
      throw new IllegalArgumentException(name + " is not kept as stored");
    }
    List<NDArray> tensors = new ArrayList<>();
    long[] head = new long[origin.shape().size() + 1];
    head[0] = format.code();
    for (int i = 1; i < head.length; i++) {
      head[i] = origin.shape().get(i - 1);
    }
    tensors.add(program().call("head").integers(head).run(owner));
    tensors.addAll(
        StoredFormat.of(origin).filter(format::equals).isPresent()
            ? format.load(loader, reader, origin, owner)
            : rounded(format, loader, reader, origin, owner));
    return tensors;
  }

  /** Rounds a weight, some rows at a time, so that its float32 values are never in memory. */
  private List<NDArray> rounded(
      StoredFormat format,
      TensorLoader loader,
      TensorFile.Reader reader,
      Origin origin,
      NDManager owner) {
    TensorEntry entry = origin.entry();
    long height = origin.shape().get(0);
    long width = entry.elements() / height;
    TensorEntry matrix = entry.reshaped(List.of(height, width));
    long step = Math.max(1, ROUNDED_ELEMENTS / width);
    List<List<NDArray>> pieces = new ArrayList<>();
    try (NDManager scope = torch.scope()) {
      for (long first = 0; first < height; first += step) {
        long count = Math.min(step, height - first);
        TensorEntry rows = matrix.rows(first, count);
        try (NDArray values =
            loader.load(reader, rows, List.of(count, width), ScalarType.FLOAT32, scope)) {
          pieces.add(format.fromValues(loader, values, scope));
        }
      }
      List<NDArray> whole = new ArrayList<>();
      for (int i = 0; i < pieces.get(0).size(); i++) {
        int part = i;
        whole.add(
            program()
                .call("joined")
                .list(pieces.stream().map(piece -> piece.get(part)).toArray(NDArray[]::new))
                .run(owner));
      }
      return whole;
    }
  }

  /** Returns the tensors of a weight by their names in programs. */
  static Map<String, NDArray> entries(String name, List<NDArray> tensors) {
    String stored = name.substring(0, name.length() - WEIGHT.length()) + ".stored";
    Map<String, NDArray> entries = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      entries.put(i == 0 ? stored : stored + "." + (i - 1), tensors.get(i));
    }
    return entries;
  }

  /** Returns the values of a weight in a dtype. */
  NDArray values(List<NDArray> tensors, ScalarType type, NDManager scope) {
    return program()
        .call("values")
        .tensor(tensors.get(0))
        .list(tensors.subList(1, tensors.size()).toArray(NDArray[]::new))
        .integer(type.code())
        .run(scope);
  }

  /** Changes a dictionary. */
  void change(TensorDict dict, Iterable<String> removed, Map<String, NDArray> added) {
    try (NDManager scope = torch.scope()) {
      removed.forEach(name -> program().call("remove").tensors(dict).text(name).run(scope));
      added.forEach(
          (name, tensor) ->
              program().call("put").tensors(dict).text(name).tensor(tensor).run(scope));
    }
  }
}
