package dev.sdlora.tensorkit;

import dev.sdlora.tensors.number.Floats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes small GGUF files as ComfyUI-GGUF does: matrices in Q8_0, flattened if their rows are no
 * multiple of a block, vectors in F32, and kernels in F16.
 */
public final class GgufWriter {
  private static final int F32 = 0;
  private static final int F16 = 1;
  private static final int Q8_0 = 8;
  private static final int BLOCK = 32;
  private static final int FLAT = 256;
  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final Map<String, float[]> stored = new LinkedHashMap<>();
  private long pairCount;

  /** Adds a string to the metadata. */
  public GgufWriter pair(String key, String value) {
    pairs.writeBytes(text(key));
    pairs.writeBytes(int32(8));
    pairs.writeBytes(text(value));
    pairCount++;
    return this;
  }

  /** Adds a tensor. */
  public GgufWriter tensor(String name, List<Long> shape, float[] values) {
    long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
    if (shape.size() == 2 && row % BLOCK == 0) {
      return add(name, Q8_0, shape, quantised(name, values));
    }
    if (shape.size() == 2 && values.length % FLAT == 0) {
      shape(name, shape);
      List<Long> flat = List.of((long) values.length / FLAT, (long) FLAT);
      return add(name, Q8_0, flat, quantised(name, values));
    }
    boolean kernel = shape.size() > 1;
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    float[] kept = values.clone();
    for (int i = 0; i < values.length; i++) {
      if (kernel) {
        bytes.putShort(Floats.toHalf(values[i]));
        kept[i] = Floats.fromHalf(Floats.toHalf(values[i]));
      } else {
        bytes.putFloat(values[i]);
      }
    }
    stored.put(name, kept);
    return add(name, kernel ? F16 : F32, shape, Arrays.copyOf(bytes.array(), bytes.position()));
  }

  /** Returns the values that the file has instead of those given. */
  public float[] stored(String name) {
    return Objects.requireNonNull(stored.get(name));
  }

  /** Writes the file, and returns it. */
  public Path write(Path file) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(int32(3));
    all.writeBytes(int64(stored.size()));
    all.writeBytes(int64(pairCount));
    all.writeBytes(pairs.toByteArray());
    all.writeBytes(infos.toByteArray());
    pad(all);
    all.writeBytes(data.toByteArray());
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      return Files.write(file, all.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void shape(String name, List<Long> shape) {
    pairs.writeBytes(text("comfy.gguf.orig_shape." + name));
    pairs.writeBytes(int32(9));
    pairs.writeBytes(int32(5));
    pairs.writeBytes(int64(shape.size()));
    shape.forEach(side -> pairs.writeBytes(int32(Math.toIntExact(side))));
    pairCount++;
  }

  private GgufWriter add(String name, int type, List<Long> shape, byte[] bytes) {
    infos.writeBytes(text(name));
    infos.writeBytes(int32(shape.size()));
    List<Long> fastestFirst = new ArrayList<>(shape);
    Collections.reverse(fastestFirst);
    fastestFirst.forEach(side -> infos.writeBytes(int64(side)));
    infos.writeBytes(int32(type));
    infos.writeBytes(int64(data.size()));
    data.writeBytes(bytes);
    pad(data);
    return this;
  }

  /** Returns blocks; integers up to 8 bits stay as they are. */
  private byte[] quantised(String name, float[] values) {
    int blocks = values.length / BLOCK;
    ByteBuffer bytes = ByteBuffer.allocate(blocks * 34).order(ByteOrder.LITTLE_ENDIAN);
    float[] kept = new float[values.length];
    for (int block = 0; block < blocks; block++) {
      float[] some = Arrays.copyOfRange(values, block * BLOCK, (block + 1) * BLOCK);
      short half = Floats.toHalf(scale(some));
      float scale = Floats.fromHalf(half);
      bytes.putShort(half);
      for (int i = 0; i < BLOCK; i++) {
        int integer = scale == 0 ? 0 : Math.round(some[i] / scale);
        integer = Math.max(-128, Math.min(127, integer));
        bytes.put((byte) integer);
        kept[block * BLOCK + i] = scale * integer;
      }
    }
    stored.put(name, kept);
    return bytes.array();
  }

  private static float scale(float[] values) {
    float largest = 0;
    boolean integers = true;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
      integers &= value == (byte) value;
    }
    return integers ? 1 : largest / 127;
  }

  private static void pad(ByteArrayOutputStream bytes) {
    bytes.writeBytes(new byte[-bytes.size() & (ALIGNMENT - 1)]);
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
