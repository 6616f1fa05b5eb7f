package dev.sdlora.tensors.file.gguf;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.ForeignFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The metadata of a GGUF file: numbers, flags and short strings as text, and what the tensors need.
 * Arrays, such as vocabularies, are skipped.
 */
public final class GgufMetadata {
  /** The beginning of keys with the original shape of a tensor that was flattened. */
  public static final String SHAPE = "comfy.gguf.orig_shape.";

  /** The key of the number of bytes to which the tensors are aligned. */
  public static final String ALIGNMENT = "general.alignment";

  /**
   * The maximum length of a header in bytes. The header of a language model contains its
   * vocabulary: 6 MB for 150,000 tokens.
   */
  public static final int MAX_HEADER = 64 << 20;

  /** The maximum length of a key or a name in bytes; stable-diffusion.cpp allows 160. */
  public static final int MAX_NAME = 1000;

  /** Longer strings, such as templates of chats, are not kept. */
  private static final int MAX_TEXT = 1 << 12;

  private static final int MAX_ALIGNMENT = 1 << 20;

  private final GgufInput input;
  private final Map<String, String> pairs = new LinkedHashMap<>();
  private final Map<String, List<Long>> shapes = new HashMap<>();

  /** The positions of the kinds of values, and of their ends. */
  private final Map<String, long[]> places = new LinkedHashMap<>();

  private long alignment = 32;

  GgufMetadata(GgufInput input) {
    this.input = input;
  }

  /** Returns the pairs in file order. */
  Map<String, String> pairs() {
    return Collections.unmodifiableMap(pairs);
  }

  /** Returns the original shapes of tensors that were flattened. */
  Map<String, List<Long>> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  /** Returns the number of bytes of which the places of tensors are multiples: a power of 2. */
  long alignment() {
    return alignment;
  }

  /**
   * Reads pairs.
   *
   * @param count the number of pairs
   * @throws dev.sdlora.api.error.TensorFileException if they are damaged
   */
  void read(long count) throws IOException {
    Set<String> keys = new HashSet<>();
    for (long i = 0; i < count; i++) {
      Cancellation.check();
      String key = input.text(MAX_NAME, "a key");
      if (!keys.add(key)) {
        throw input.damaged("metadata '" + key + "' occurs twice");
      }
      long start = input.position();
      value(key);
      places.put(key, new long[] {start, input.position()});
    }
  }

  /**
   * Returns the bytes of all values, each with its kind, in file order.
   *
   * @param channel an open GGUF file that was parsed before
   * @throws IllegalArgumentException if it is not a GGUF file
   */
  public static Map<String, byte[]> raw(Path path, FileChannel channel, long fileSize)
      throws IOException {
    byte[] start = new byte[(int) Math.min(fileSize, ForeignFiles.PREFIX_BYTES)];
    Channels.readFully(channel, ByteBuffer.wrap(start), 0);
    if (!ForeignFiles.isGguf(start)) {
      throw new IllegalArgumentException("not a GGUF file: " + path);
    }
    GgufInput input = new GgufInput(path, channel, fileSize, MAX_HEADER);
    input.skip(2, Integer.BYTES, "its version");
    input.skip(1, Long.BYTES, "the number of tensors");
    GgufMetadata metadata = new GgufMetadata(input);
    metadata.read(input.int64());
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, long[]> place : metadata.places.entrySet()) {
      long from = place.getValue()[0];
      byte[] bytes = new byte[Math.toIntExact(place.getValue()[1] - from)];
      Channels.readFully(channel, ByteBuffer.wrap(bytes), from);
      values.put(place.getKey(), bytes);
    }
    return values;
  }

  private void value(String key) throws IOException {
    String what = "metadata '" + key + "'";
    int kind = input.int32();
    switch (kind) {
      case GgufType.STRING -> {
        long length = input.length(what);
        if (length <= MAX_TEXT) {
          pairs.put(key, input.textOf((int) length, what));
        } else {
          input.skip(length, 1, what);
        }
      }
      case GgufType.ARRAY -> array(key, what);
      default -> pairs.put(key, scalar(kind, what).toString());
    }
    if (key.equals(ALIGNMENT)) {
      String value = pairs.getOrDefault(key, "");
      alignment = value.matches("\\d{1,9}") ? Long.parseLong(value) : 0;
      if (Long.bitCount(alignment) != 1 || alignment > MAX_ALIGNMENT) {
        throw input.damaged(
            "%s is '%s', expected a power of 2 up to %s".formatted(what, value, MAX_ALIGNMENT));
      }
    }
  }

  private Object scalar(int kind, String what) throws IOException {
    return switch (kind) {
      case GgufType.UINT8 -> input.int8();
      case GgufType.INT8 -> (byte) input.int8();
      case GgufType.UINT16 -> input.int16();
      case GgufType.INT16 -> (short) input.int16();
      case GgufType.UINT32 -> input.int32() & 0xffff_ffffL;
      case GgufType.INT32 -> input.int32();
      case GgufType.FLOAT32 -> Float.intBitsToFloat(input.int32());
      case GgufType.BOOL -> input.int8() != 0;
      case GgufType.UINT64 -> Long.toUnsignedString(input.int64());
      case GgufType.INT64 -> input.int64();
      case GgufType.FLOAT64 -> Double.longBitsToDouble(input.int64());
      default ->
          throw input.damaged(
              "%s is of kind %s, expected 0 to %s"
                  .formatted(what, Integer.toUnsignedString(kind), GgufType.FLOAT64));
    };
  }

  /** Skips an array, or keeps the shape of a tensor. */
  private void array(String key, String what) throws IOException {
    int kind = input.int32();
    long count = input.int64();
    if (key.startsWith(SHAPE)) {
      shapes.put(key.substring(SHAPE.length()), shape(kind, count, what));
      return;
    }
    if (kind == GgufType.STRING) {
      for (long i = 0; i < count || count < 0; i++) {
        if (i % 1024 == 0) {
          Cancellation.check();
        }
        input.skip(input.length(what), 1, what);
      }
      return;
    }
    int width = GgufType.width(kind);
    if (width == 0) {
      throw input.damaged(
          "%s is an array of kind %s, expected numbers, flags or strings"
              .formatted(what, Integer.toUnsignedString(kind)));
    }
    input.skip(count, width, what);
  }

  private List<Long> shape(int kind, long count, String what) throws IOException {
    boolean whole = GgufType.isInteger(kind);
    if (!whole || count < 0 || count > TensorEntry.MAX_DIMENSIONS) {
      throw input.damaged(
          "%s has %s values of kind %s, expected a shape: at most %s integers"
              .formatted(
                  what,
                  Long.toUnsignedString(count),
                  Integer.toUnsignedString(kind),
                  TensorEntry.MAX_DIMENSIONS));
    }
    List<Long> shape = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Object size = scalar(kind, what);
      shape.add(size instanceof Number number ? number.longValue() : -1L);
    }
    return shape;
  }
}
