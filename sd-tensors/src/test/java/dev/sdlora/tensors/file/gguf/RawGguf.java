package dev.sdlora.tensors.file.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** GGUF files written byte by byte, right or wrong. */
public final class RawGguf {
  public static final int Q8_0 = 8;
  public static final int Q4_K = 12;

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final int alignment;
  private int version = 3;
  private long pairCount;
  private long tensorCount;

  public RawGguf() {
    this(32);
  }

  public RawGguf(int alignment) {
    this.alignment = alignment;
  }

  public RawGguf version(int other) {
    version = other;
    return this;
  }

  public RawGguf counts(long tensors, long values) {
    tensorCount = tensors;
    pairCount = values;
    return this;
  }

  /** Adds a value to the metadata from its kind on. */
  public RawGguf pair(String key, int kind, byte[] value) {
    pairCount++;
    pairs.writeBytes(text(key));
    pairs.writeBytes(int32(kind));
    pairs.writeBytes(value);
    return this;
  }

  public RawGguf pair(String key, String value) {
    return pair(key, 8, text(value));
  }

  /** Adds an array of 32-bit integers. */
  public RawGguf integers(String key, int... values) {
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    array.writeBytes(int32(5));
    array.writeBytes(int64(values.length));
    for (int value : values) {
      array.writeBytes(int32(value));
    }
    return pair(key, 9, array.toByteArray());
  }

  /** Adds a tensor with its data at the next aligned offset; the shape is torch's. */
  public RawGguf tensor(String name, int type, List<Long> shape, byte[] bytes) {
    info(name, type, shape, data.size());
    data.writeBytes(bytes);
    data.writeBytes(new byte[-data.size() & (alignment - 1)]);
    return this;
  }

  /** Adds only the description of a tensor. */
  public RawGguf info(String name, int type, List<Long> shape, long offset) {
    tensorCount++;
    infos.writeBytes(text(name));
    infos.writeBytes(int32(shape.size()));
    List<Long> fastestFirst = new ArrayList<>(shape);
    Collections.reverse(fastestFirst);
    fastestFirst.forEach(side -> infos.writeBytes(int64(side)));
    infos.writeBytes(int32(type));
    infos.writeBytes(int64(offset));
    return this;
  }

  /** Adds bytes that no tensor covers. */
  public RawGguf gap(int bytes) {
    data.writeBytes(new byte[bytes]);
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(int32(version));
    file.writeBytes(int64(tensorCount));
    file.writeBytes(int64(pairCount));
    file.writeBytes(pairs.toByteArray());
    file.writeBytes(infos.toByteArray());
    file.writeBytes(new byte[-file.size() & (alignment - 1)]);
    file.writeBytes(data.toByteArray());
    return file.toByteArray();
  }

  public static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  public static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  public static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
