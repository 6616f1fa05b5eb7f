package dev.sdlora.tensors.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The few Python names that a pickle may use, and the values built for them. The list covers what
 * {@code torch.save} writes for a dictionary of tensors, also as part of a model, and four names of
 * a trainer's bookkeeping in old checkpoints, for which nothing is built.
 */
final class TensorGlobals {
  private static final Set<Global> REBUILD =
      Set.of(
          new Global("torch._utils", "_rebuild_tensor"),
          new Global("torch._utils", "_rebuild_tensor_v2"));

  /** For dtypes newer than PyTorch's storage types; its last argument names one. */
  private static final Global REBUILD_FORMAT = new Global("torch._utils", "_rebuild_tensor_v3");

  private static final Global BYTES = new Global("torch.storage", "UntypedStorage");

  private static final Set<Global> BYTE_FORMATS =
      Set.of(new Global("torch", "float8_e4m3fn"), new Global("torch", "float8_e5m2"));

  private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");

  private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");

  private static final Global PARAMETER_DICT =
      new Global("torch.nn.modules.container", "ParameterDict");

  /** The set type, under its name in old pickles of Python 2 and in Python 3. */
  private static final Set<Global> SET =
      Set.of(new Global("__builtin__", "set"), new Global("builtins", "set"));

  private static final Set<Global> IGNORED =
      Set.of(
          new Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint"),
          new Global("numpy.core.multiarray", "scalar"),
          new Global("numpy", "dtype"),
          new Global("_codecs", "encode"));

  private static final Set<String> STORAGES =
      Set.of(
          "DoubleStorage",
          "FloatStorage",
          "HalfStorage",
          "BFloat16Storage",
          "LongStorage",
          "IntStorage",
          "ShortStorage",
          "CharStorage",
          "ByteStorage",
          "BoolStorage");

  /** PyTorch allows 64; no weight has more than 5. The limit keeps copies small. */
  private static final int MAX_DIMENSIONS = 64;

  /** The longest names in use have 200 characters. */
  private static final int MAX_KEY = 4096;

  private TensorGlobals() {}

  /** Returns a name that is on the list; throws otherwise. */
  static Global require(String module, String name) throws PickleException {
    Global global = new Global(module, name);
    boolean known =
        REBUILD.contains(global)
            || REBUILD_FORMAT.equals(global)
            || BYTE_FORMATS.contains(global)
            || PARAMETER.equals(global)
            || ORDERED_DICT.equals(global)
            || PARAMETER_DICT.equals(global)
            || SET.contains(global)
            || IGNORED.contains(global)
            || isStorage(global);
    if (!known) {
      throw new PickleException(
          "is rejected: its pickle requests Python's '"
              + global
              + "', which is not needed to build tensors; nothing of it was executed. Files of"
              + " unknown origin can contain malicious code: use a .safetensors file");
    }
    return global;
  }

  private static boolean isStorage(Global global) {
    return BYTES.equals(global)
        || (global.module().equals("torch") && STORAGES.contains(global.name()));
  }

  /** Returns the number of values that a call copies: the sizes and strides of a tensor. */
  static int copied(List<?> arguments) {
    return arguments.size() >= 4 && arguments.get(2) instanceof List<?> shape
        ? 2 * Math.min(shape.size(), MAX_DIMENSIONS)
        : 0;
  }

  /** Returns the result of calling a name with arguments. */
  static Object call(Object callable, List<?> arguments) throws PickleException {
    if (callable instanceof Global global) {
      if (ORDERED_DICT.equals(global) && arguments.isEmpty()) {
        return new LinkedHashMap<>();
      }
      if (PARAMETER_DICT.equals(global) && arguments.isEmpty()) {
        return new ParameterDict();
      }
      if (SET.contains(global)) {
        return arguments.isEmpty() ? List.of() : arguments.get(0);
      }
      if (REBUILD.contains(global)) {
        return tensor(arguments);
      }
      if (REBUILD_FORMAT.equals(global)) {
        return tensorOfFormat(arguments);
      }
      if (PARAMETER.equals(global) && !arguments.isEmpty()) {
        return arguments.get(0);
      }
      if (IGNORED.contains(global)) {
        return IgnoredObject.SKIPPED;
      }
    }
    throw new PickleException(
        "is damaged: its pickle calls '" + name(callable) + "' in an unknown way");
  }

  /** Returns a name, never the text of the value, because a list may contain itself. */
  private static String name(Object callable) {
    return callable instanceof Global global
        ? global.toString()
        : callable.getClass().getSimpleName();
  }

  /**
   * Returns the text of a key, which may be text, a number or a name. Java finds texts quickly even
   * if all their hashes are equal, as long as they are short; for mixed types it does not.
   */
  static String key(Object key) throws PickleException {
    if (key instanceof List
        || key instanceof Map
        || key instanceof TensorRef
        || key instanceof View) {
      throw new PickleException("has a pickle with a dictionary whose keys are not names");
    }
    String text = key.toString();
    if (text.length() > MAX_KEY) {
      throw new PickleException(
          "has a pickle with a name of %s characters, more than %s"
              .formatted(text.length(), MAX_KEY));
    }
    return text;
  }

  private static TensorRef tensor(List<?> arguments) throws PickleException {
    if (arguments.size() >= 4
        && arguments.get(0) instanceof View view
        && arguments.get(1) instanceof Long offset
        && arguments.get(2) instanceof List<?> shape
        && arguments.get(3) instanceof List<?> strides
        && shape.size() == strides.size()
        && shape.size() <= MAX_DIMENSIONS) {
      long first;
      try {
        first = Math.addExact(view.offset, offset);
      } catch (ArithmeticException e) {
        throw new PickleException("is damaged: its pickle has a tensor at offset " + offset);
      }
      return new TensorRef(view.storage, first, longs(shape), longs(strides));
    }
    throw new PickleException("is damaged: its pickle describes a tensor in an unknown way");
  }

  /**
   * Returns a tensor of an 8-bit dtype, for which the number of bytes is the number of elements.
   */
  private static TensorRef tensorOfFormat(List<?> arguments) throws PickleException {
    TensorRef bytes = tensor(arguments);
    if (arguments.size() > 6
        && arguments.get(6) instanceof Global format
        && BYTE_FORMATS.contains(format)
        && bytes.storage().type().equals(BYTES.name())) {
      StorageRef storage =
          new StorageRef(format.name(), bytes.storage().key(), bytes.storage().elements());
      return new TensorRef(storage, bytes.offset(), bytes.shape(), bytes.strides());
    }
    throw new PickleException("is damaged: its pickle describes a tensor in an unknown way");
  }

  private static List<Long> longs(List<?> values) throws PickleException {
    List<Long> longs = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof Long size)) {
        throw new PickleException("is damaged: its pickle has a tensor without a proper shape");
      }
      longs.add(size);
    }
    return longs;
  }

  /** Resolves a reference to something outside the pickle, always a storage or a part of one. */
  static View storage(Object id) throws PickleException {
    if (id instanceof List<?> parts
        && parts.size() >= 5
        && "storage".equals(parts.get(0))
        && parts.get(1) instanceof Global type
        && isStorage(type)
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements
        && key.length() <= MAX_KEY) {
      // Before PyTorch 1.6 a sixth element selects a part of the storage.
      long offset =
          parts.size() > 5
                  && parts.get(5) instanceof List<?> piece
                  && piece.size() == 3
                  && piece.get(1) instanceof Long start
              ? start
              : 0;
      return new View(new StorageRef(type.name(), key, elements), offset);
    }
    throw new PickleException("is damaged: its pickle refers to something that is not a storage");
  }

  /** A storage from a given element on. */
  record View(StorageRef storage, long offset) {}
}
