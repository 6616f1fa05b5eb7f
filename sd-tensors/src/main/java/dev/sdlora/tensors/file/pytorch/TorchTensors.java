package dev.sdlora.tensors.file.pytorch;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.pickle.StorageRef;
import dev.sdlora.tensors.pickle.TensorRef;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Names and locates the tensors of a pickle. The names of nested dictionaries and lists are joined
 * with full stops. A dictionary {@code state_dict}, as trainers of checkpoints write it, replaces
 * the whole file, and other tensors are ignored.
 */
final class TorchTensors {
  /** Saved files have at most four levels: wrappers, a network, its parts. */
  private static final int MAX_DEPTH = 16;

  /** Visiting more values than a pickle can have instructions means that values are repeated. */
  private static final int MAX_VISITS = 2_000_000;

  private static final String STATE_DICT = "state_dict";

  /** A file of weights has about a dozen settings. */
  private static final int MAX_VALUES = 100;

  /** The maximum length of a setting, and of its name. */
  private static final int MAX_PLAIN = 1000;

  /** The maximum total length of all names: 200 characters for each tensor. */
  private static final int MAX_NAMES_LENGTH = 200 * TensorContents.MAX_TENSORS;

  private final Path path;
  private final Function<StorageRef, Region> regions;
  private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
  private final Map<String, List<Long>> strides = new HashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private int visits;
  private int namesLength;

  /**
   * The location of a storage.
   *
   * @param offset the offset of its first byte from the start of the file
   * @param bytes its length in bytes
   */
  record Region(long offset, long bytes) {}

  private TorchTensors(Path path, Function<StorageRef, Region> regions) {
    this.path = path;
    this.regions = regions;
  }

  /**
   * Finds all tensors.
   *
   * @param root the value of the pickle
   * @param regions returns the location of a storage, or throws
   * @throws TensorFileException if a tensor exceeds its storage, or there is no tensor
   */
  static TorchTensors of(Path path, Object root, Function<StorageRef, Region> regions) {
    TorchTensors all = new TorchTensors(path, regions);
    Object state = root instanceof Map<?, ?> map ? map.get(STATE_DICT) : null;
    all.visit("", state instanceof Map ? state : root, 0);
    if (root instanceof Map<?, ?> map) {
      map.forEach(all::keepPlain);
    }
    if (all.tensors.isEmpty()) {
      throw TensorFileErrors.error(path, "is a pickle without tensors");
    }
    return all;
  }

  Map<String, TensorEntry> tensors() {
    return tensors;
  }

  Map<String, List<Long>> strides() {
    return strides;
  }

  /** Returns the plain values that are not tensors, as Python writes them. */
  Map<String, String> values() {
    return values;
  }

  private void keepPlain(Object key, Object value) {
    if (key instanceof String name && name.length() <= MAX_PLAIN && values.size() < MAX_VALUES) {
      plain(value).filter(text -> text.length() <= MAX_PLAIN).ifPresent(t -> values.put(name, t));
    }
  }

  private static Optional<String> plain(Object value) {
    if (value instanceof List<?> list && list.size() <= MAX_VALUES) {
      return list.stream().allMatch(Number.class::isInstance)
          ? Optional.of(list.toString())
          : Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag ? "True" : "False");
    }
    return value instanceof String || value instanceof Number
        ? Optional.of(value.toString())
        : Optional.empty();
  }

  private void visit(String name, Object value, int depth) {
    if (depth > MAX_DEPTH || visits++ > MAX_VISITS) {
      throw TensorFileErrors.error(path, "has a pickle that is nested too deeply or endlessly");
    }
    if (name.length() > TensorEntry.MAX_NAME) {
      throw TensorFileErrors.error(
          path,
          "has a tensor with a name of %s characters, expected at most %s"
              .formatted(name.length(), TensorEntry.MAX_NAME));
    }
    Cancellation.check();
    if (value instanceof TensorRef tensor) {
      add(name, tensor);
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> visit(join(name, key), inner, depth + 1));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        visit(join(name, i), list.get(i), depth + 1);
      }
    }
  }

  private static String join(String name, Object key) {
    return name.isEmpty() ? key.toString() : name + "." + key;
  }

  private void add(String name, TensorRef tensor) {
    namesLength += name.length();
    if (tensors.size() == TensorContents.MAX_TENSORS || namesLength > MAX_NAMES_LENGTH) {
      throw TensorFileErrors.error(
          path,
          "has more than %s tensors, or names of more than %s characters in all, which no model needs"
              .formatted(TensorContents.MAX_TENSORS, MAX_NAMES_LENGTH));
    }
    DType dtype = dtype(tensor.storage());
    Region region = regions.apply(tensor.storage());
    long stored = region.bytes() / dtype.bytes();
    long elements;
    try {
      elements = TensorEntry.byteLength(tensor.shape(), dtype) / dtype.bytes();
    } catch (IllegalArgumentException e) {
      throw damaged(name, "has an impossible shape: " + e.getMessage());
    }
    Optional<Long> last = lastElement(tensor, elements);
    if (elements > stored || tensor.offset() < 0 || last.isEmpty() || last.get() >= stored) {
      throw damaged(
          name,
          "is %s %s starting at element %s, but its storage has %s elements"
              .formatted(dtype, tensor.shape(), tensor.offset(), stored));
    }
    long offset = region.offset() + tensor.offset() * dtype.bytes();
    TensorEntry entry =
        new TensorEntry(name, dtype, tensor.shape(), offset, elements * dtype.bytes());
    if (tensors.put(name, entry) != null) {
      throw damaged(name, "occurs twice");
    }
    if (elements > 1 && !isRow(tensor)) {
      strides.put(name, tensor.strides());
    }
  }

  /**
   * Returns the index of the last element of the storage that a tensor uses; empty if there is
   * none.
   */
  private static Optional<Long> lastElement(TensorRef tensor, long elements) {
    if (elements == 0) {
      return Optional.of(-1L);
    }
    long last = tensor.offset();
    try {
      for (int i = 0; i < tensor.shape().size(); i++) {
        long stride = tensor.strides().get(i);
        long steps = tensor.shape().get(i) - 1;
        if (stride < 0) {
          return Optional.empty();
        }
        last = Math.addExact(last, Math.multiplyExact(steps, stride));
      }
      return Optional.of(last);
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Whether the elements are contiguous, in the order of their indices. */
  private static boolean isRow(TensorRef tensor) {
    long expected = 1;
    for (int i = tensor.shape().size() - 1; i >= 0; i--) {
      long size = tensor.shape().get(i);
      if (size != 1 && tensor.strides().get(i) != expected) {
        return false;
      }
      expected *= size;
    }
    return true;
  }

  /** Returns the dtype of a PyTorch storage type. */
  static DType dtype(StorageRef storage) {
    return switch (storage.type()) {
      case "DoubleStorage" -> DType.F64;
      case "FloatStorage" -> DType.F32;
      case "HalfStorage" -> DType.F16;
      case "BFloat16Storage" -> DType.BF16;
      case "LongStorage" -> DType.I64;
      case "IntStorage" -> DType.I32;
      case "ShortStorage" -> DType.I16;
      case "CharStorage" -> DType.I8;
      case "ByteStorage" -> DType.U8;
      case "BoolStorage" -> DType.BOOL;
      case "UntypedStorage" -> DType.U8;
      case "float8_e4m3fn" -> DType.F8_E4M3;
      case "float8_e5m2" -> DType.F8_E5M2;
      default -> throw new IllegalArgumentException("unknown storage type " + storage.type());
    };
  }

  private TensorFileException damaged(String tensor, String predicate) {
    return TensorFileErrors.tensorError(
        path, tensor, "is damaged: tensor '" + tensor + "' " + predicate);
  }
}
