package dev.sdlora.tensors.pickle;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one pickle, in the binary forms of protocols 1 to 5. A pickle is a program for a small
 * stack machine; this reader supports the instructions that create values, and only the functions
 * in {@link TensorGlobals}. Nothing is looked up, loaded or executed.
 *
 * <p>Dictionaries become {@link Map}, lists and tuples {@link List}, text {@link String}, integers
 * {@link Long} or {@link BigInteger}, floats {@link Double}, booleans {@link Boolean}, tensors
 * {@link TensorRef}; everything else is {@link IgnoredObject}. A hostile pickle can insert a list
 * into itself, so code that walks through the values must limit the depth.
 *
 * <p>Time and memory are limited by the length of the pickle and by {@link #MAX_STEPS}: an
 * instruction creates at most one value, and text and bytes are never longer than the input read.
 * An operation that copies several values counts as that many instructions.
 */
public final class PickleReader {
  /** The maximum number of instructions; a checkpoint with 10,000 tensors has 600,000. */
  static final int MAX_STEPS = 2_000_000;

  /** The longest integer needed is PyTorch's magic number, with 10 bytes. */
  private static final int MAX_INTEGER_BYTES = 32;

  private final ByteBuffer in;
  private final PickleStack stack = new PickleStack();
  private final Map<Integer, Object> memo = new HashMap<>();
  private final Map<String, StorageRef> storages = new HashMap<>();
  private int steps;

  private PickleReader(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the pickle at a buffer's position and advances the position past it.
   *
   * @throws PickleException if it is damaged, too long, or uses a name that is not allowed
   */
  public static Pickle read(ByteBuffer in) throws PickleException {
    try {
      PickleReader reader = new PickleReader(in);
      return new Pickle(reader.run(), reader.storages);
    } catch (BufferUnderflowException e) {
      throw new PickleException("has a pickle that ends too early; it was probably cut off");
    }
  }

  private Object run() throws PickleException {
    while (true) {
      spend(1);
      int code = in.get() & 0xff;
      if (code == '.') {
        return stack.pop();
      }
      Optional<Object> value = value(code);
      if (value.isPresent()) {
        stack.push(value.get());
      } else if (!arrange(code)) {
        throw new PickleException(
            String.format(
                Locale.ROOT,
                "has a pickle with the instruction 0x%02x at byte %d, which torch.save never"
                    + " writes",
                code,
                in.position() - 1));
      }
    }
  }

  /** Counts work, so that a short pickle cannot cause a lot of it by repeating values. */
  private void spend(int values) throws PickleException {
    steps += values;
    if (steps > MAX_STEPS) {
      throw new PickleException(
          "has a pickle of more than " + MAX_STEPS + " instructions, which no model needs");
    }
  }

  /** Executes an instruction that pushes a value; empty if the code is another instruction. */
  private Optional<Object> value(int code) throws PickleException {
    return Optional.ofNullable(
        switch (code) {
          case 'N' -> IgnoredObject.NONE;
          case 0x88 -> true;
          case 0x89 -> false;
          case 'J' -> (long) in.getInt();
          case 'K' -> (long) (in.get() & 0xff);
          case 'M' -> (long) (in.getShort() & 0xffff);
          case 0x8a -> integer(in.get() & 0xff);
          case 0x8b -> integer(in.getInt());
          case 'G' -> Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
          case 'U', 0x8c -> text(in.get() & 0xff);
          case 'T', 'X' -> text(in.getInt());
          case 0x8d -> text(in.getLong());
          case 'C' -> skip(in.get() & 0xff);
          case 'B' -> skip(in.getInt());
          case 0x8e -> skip(in.getLong());
          case ']', 0x8f -> new ArrayList<>();
          case 'l' -> stack.popToMark();
          case ')' -> List.of();
          case 't', 0x91 -> Collections.unmodifiableList(stack.popToMark());
          case 0x85 -> stack.pop(1);
          case 0x86 -> stack.pop(2);
          case 0x87 -> stack.pop(3);
          case '}' -> new LinkedHashMap<>();
          case 'd' -> fill(new LinkedHashMap<>(), stack.popToMark());
          case 'c' -> TensorGlobals.require(line(), line());
          case 0x93 -> stackGlobal();
          case 'Q' -> storage();
          case 'R', 0x81 -> call();
          case '2' -> stack.top();
          case 'h' -> recall(in.get() & 0xff);
          case 'j' -> recall(in.getInt());
          default -> null;
        });
  }

  /** Executes an instruction that changes existing values; false if it is unknown. */
  private boolean arrange(int code) throws PickleException {
    switch (code) {
      case 0x80 -> requireProtocol(in.get());
      case 0x95 -> in.getLong(); // The length of the next frame, for readers that read frames.
      case '(' -> stack.mark();
      case '0' -> stack.pop();
      case '1' -> stack.popToMark();
      case 'q' -> memo.put(in.get() & 0xff, stack.top());
      case 'r' -> memo.put(in.getInt(), stack.top());
      case 0x94 -> memo.put(memo.size(), stack.top());
      case 'a' -> append(stack.pop(1));
      case 'e', 0x90 -> append(stack.popToMark());
      case 's' -> setItems(stack.pop(2));
      case 'u' -> setItems(stack.popToMark());
      case 'b' -> setAttributes(stack.pop());
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void requireProtocol(int protocol) throws PickleException {
    if (protocol < 1 || protocol > 5) {
      throw new PickleException("has a pickle of protocol " + protocol + ", expected 1 to 5");
    }
  }

  private Object integer(int length) throws PickleException {
    if (length < 0 || length > MAX_INTEGER_BYTES) {
      throw new PickleException("has a pickle with an integer of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    for (int i = 0; i < length / 2; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = swapped;
    }
    BigInteger integer = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
  }

  private String text(long length) throws PickleException {
    byte[] bytes = new byte[within(length)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private IgnoredObject skip(long length) throws PickleException {
    in.position(in.position() + within(length));
    return IgnoredObject.SKIPPED;
  }

  /** Returns a length if the rest of the pickle is at least that long. */
  private int within(long length) throws PickleException {
    if (length < 0 || length > in.remaining()) {
      throw new PickleException("has a pickle that ends too early; it was probably cut off");
    }
    return (int) length;
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (byte next = in.get(); next != '\n'; next = in.get()) {
      line.append((char) (next & 0xff));
    }
    return line.toString();
  }

  private Global stackGlobal() throws PickleException {
    List<Object> names = stack.pop(2);
    if (names.get(0) instanceof String module && names.get(1) instanceof String name) {
      return TensorGlobals.require(module, name);
    }
    throw PickleException.damaged("a function without a name");
  }

  private Object call() throws PickleException {
    List<Object> callAndArguments = stack.pop(2);
    if (callAndArguments.get(1) instanceof List<?> arguments) {
      spend(TensorGlobals.copied(arguments));
      return TensorGlobals.call(callAndArguments.get(0), arguments);
    }
    throw PickleException.damaged("a call without arguments");
  }

  private Object storage() throws PickleException {
    TensorGlobals.View view = TensorGlobals.storage(stack.pop());
    StorageRef storage = view.storage();
    StorageRef known = storages.putIfAbsent(storage.key(), storage);
    if (known != null && !known.equals(storage)) {
      throw PickleException.damaged("two descriptions of storage '" + storage.key() + "'");
    }
    return view;
  }

  private Object recall(int index) throws PickleException {
    Object value = memo.get(index);
    if (value == null) {
      throw PickleException.damaged("a reference to value " + index + ", which is undefined");
    }
    return value;
  }

  private void append(List<Object> values) throws PickleException {
    if (stack.top() instanceof ArrayList<?> list) {
      @SuppressWarnings("unchecked") // All lists on the stack are created here.
      List<Object> target = (List<Object>) list;
      target.addAll(values);
    } else {
      throw PickleException.damaged("an item added to a value that is not a list");
    }
  }

  private void setItems(List<Object> keysAndValues) throws PickleException {
    if (stack.top() instanceof LinkedHashMap<?, ?> map) {
      @SuppressWarnings("unchecked") // All maps on the stack are created here.
      Map<Object, Object> target = (Map<Object, Object>) map;
      fill(target, keysAndValues);
    } else if (stack.top() != IgnoredObject.SKIPPED) {
      throw PickleException.damaged("an entry added to a value that is not a dictionary");
    }
  }

  private static Map<Object, Object> fill(Map<Object, Object> map, List<Object> keysAndValues)
      throws PickleException {
    if (keysAndValues.size() % 2 != 0) {
      throw PickleException.damaged("a key without a value");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(TensorGlobals.key(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
    return map;
  }

  /** Sets attributes. Those of a plain dictionary are its version, which is ignored. */
  private void setAttributes(Object attributes) throws PickleException {
    if (stack.top() instanceof ParameterDict parameters) {
      spend(ParameterDict.copied(attributes));
      parameters.setAttributes(attributes);
    }
  }
}
