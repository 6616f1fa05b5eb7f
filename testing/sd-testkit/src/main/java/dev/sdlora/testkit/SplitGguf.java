package dev.sdlora.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Splits GGUF files as llama.cpp's gguf-split does: the first part has all metadata, every part has
 * its number, the number of parts and that of all tensors.
 */
public final class SplitGguf {
  private static final int START = 24;
  private static final int ALIGNMENT = 32;

  private final ByteBuffer source;
  private final byte[] pairs;
  private final List<Tensor> tensors = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Tensor(byte[] description, long offset, byte[] bytes) {}

  private SplitGguf(byte[] file) {
    this.source = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int count = (int) source.getLong(8);
    long pairCount = source.getLong(16);
    source.position(START);
    for (long i = 0; i < pairCount; i++) {
      skip(source.getLong());
      skipValue(source.getInt());
    }
    this.pairs = slice(START, source.position());
    List<byte[]> descriptions = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int start = source.position();
      skip(source.getLong());
      skip(Integer.toUnsignedLong(source.getInt()) * Long.BYTES + Integer.BYTES);
      descriptions.add(slice(start, source.position()));
      offsets.add(source.getLong());
    }
    int data = aligned(source.position());
    List<Long> ends = new ArrayList<>(offsets);
    ends.add((long) file.length - data);
    ends.sort(Comparator.naturalOrder());
    for (int i = 0; i < count; i++) {
      long offset = offsets.get(i);
      long end = ends.stream().filter(next -> next > offset).findFirst().orElse(offset);
      tensors.add(
          new Tensor(
              descriptions.get(i), offset, slice((int) (data + offset), (int) (data + end))));
    }
    tensors.sort(Comparator.comparingLong(Tensor::offset));
  }

  /**
   * Splits a file.
   *
   * @param file a GGUF file without a split of its own, aligned to 32 bytes
   * @param stem the beginning of the names of the parts, with their folder
   * @param parts the number of parts
   * @param empty whether the first part has no tensors
   * @return the parts
   */
  public static List<Path> split(Path file, Path stem, int parts, boolean empty)
      throws IOException {
    SplitGguf whole = new SplitGguf(Files.readAllBytes(file));
    List<Path> written = new ArrayList<>();
    int filled = empty ? parts - 1 : parts;
    for (int i = 0; i < parts; i++) {
      int number = empty ? i - 1 : i;
      List<Tensor> some =
          number < 0
              ? List.of()
              : whole.tensors.subList(
                  whole.tensors.size() * number / filled,
                  whole.tensors.size() * (number + 1) / filled);
      Path part =
          stem.resolveSibling(
              String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", stem.getFileName(), i + 1, parts));
      written.add(Files.write(part, whole.part(i, parts, some)));
    }
    return written;
  }

  private byte[] part(int number, int parts, List<Tensor> some) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(number(3, Integer.BYTES));
    bytes.writeBytes(number(some.size(), Long.BYTES));
    bytes.writeBytes(number((number == 0 ? source.getLong(16) : 0) + 3, Long.BYTES));
    if (number == 0) {
      bytes.writeBytes(pairs);
    }
    pair(bytes, "split.no", 2, number(number, Short.BYTES));
    pair(bytes, "split.count", 2, number(parts, Short.BYTES));
    pair(bytes, "split.tensors.count", 5, number(tensors.size(), Integer.BYTES));
    long offset = 0;
    for (Tensor tensor : some) {
      bytes.writeBytes(tensor.description());
      bytes.writeBytes(number(offset, Long.BYTES));
      offset += tensor.bytes().length;
    }
    bytes.writeBytes(new byte[aligned(bytes.size()) - bytes.size()]);
    some.forEach(tensor -> bytes.writeBytes(tensor.bytes()));
    return bytes.toByteArray();
  }

  private static void pair(ByteArrayOutputStream bytes, String key, int kind, byte[] value) {
    bytes.writeBytes(number(key.length(), Long.BYTES));
    bytes.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(number(kind, Integer.BYTES));
    bytes.writeBytes(value);
  }

  private static byte[] number(long value, int width) {
    byte[] bytes = new byte[width];
    for (int i = 0; i < width; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    return bytes;
  }

  private void skipValue(int kind) {
    switch (kind) {
      case 8 -> skip(source.getLong());
      case 9 -> {
        int item = source.getInt();
        long count = source.getLong();
        for (long i = 0; i < count; i++) {
          skipValue(item);
        }
      }
      case 0, 1, 7 -> skip(1);
      case 2, 3 -> skip(2);
      case 4, 5, 6 -> skip(4);
      case 10, 11, 12 -> skip(8);
      default -> throw new IllegalArgumentException("kind " + kind);
    }
  }

  private void skip(long bytes) {
    source.position(Math.toIntExact(source.position() + bytes));
  }

  private byte[] slice(int from, int to) {
    byte[] bytes = new byte[to - from];
    source.get(from, bytes);
    return bytes;
  }

  private static int aligned(int offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
