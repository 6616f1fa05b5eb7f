package dev.sdlora.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tensors of a safetensors file as bytes, to write the same values under other names.
 *
 * @param tensors the tensors in the order of their values
 */
record StoredTensors(List<Tensor> tensors) {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"(\\w+)\",\"shape\":\\[([\\d,]*)\\],"
              + "\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

  /** Copies the list. */
  StoredTensors {
    tensors = List.copyOf(tensors);
  }

  /**
   * One tensor.
   *
   * @param dtype its type as in the header, such as {@code BF16}
   * @param shape its sizes, joined by commas
   * @param values its bytes; must not be modified
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Tensor(String name, String dtype, String shape, byte[] values) {
    Tensor named(String other) {
      return new Tensor(other, dtype, shape, values);
    }

    /** Returns a part of its rows. */
    Tensor rows(String other, int part, int parts) {
      return rows(other, part, part + 1, parts);
    }

    /** Returns some parts of its rows, up to one exclusively. */
    Tensor rows(String other, int from, int to, int parts) {
      int comma = (shape + ",").indexOf(',');
      int rows = Integer.parseInt(shape.substring(0, comma)) / parts;
      int length = values.length / parts;
      return new Tensor(
          other,
          dtype,
          (to - from) * rows + shape.substring(comma),
          Arrays.copyOfRange(values, from * length, to * length));
    }

    /** Returns the lower half of its rows before the upper one. */
    Tensor halvesSwapped(String other) {
      byte[] swapped = Arrays.copyOfRange(values, values.length / 2, values.length * 3 / 2);
      System.arraycopy(values, 0, swapped, values.length / 2, values.length / 2);
      return new Tensor(other, dtype, shape, swapped);
    }

    /** Returns the matrix of a convolution of one position. */
    Tensor matrix(String other) {
      return new Tensor(other, dtype, shape.replaceFirst(",1,1$", ""), values);
    }

    /** Returns its rows over and over. */
    Tensor repeated(int rows) {
      int comma = shape.indexOf(',');
      int own = Integer.parseInt(shape.substring(0, comma));
      int width = values.length / own;
      byte[] all = new byte[rows * width];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(values, row % own * width, all, row * width, width);
      }
      return new Tensor(name, dtype, rows + shape.substring(comma), all);
    }
  }

  /** Reads a resource next to this class. */
  static StoredTensors read(String resource) {
    byte[] file;
    try (InputStream stream = StoredTensors.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      file = stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(file, Long.BYTES, length, StandardCharsets.UTF_8);
    List<Tensor> tensors = new ArrayList<>();
    Matcher entries = ENTRY.matcher(header.replace(" ", ""));
    while (entries.find()) {
      int start = Long.BYTES + length + Integer.parseInt(entries.group(4));
      int end = Long.BYTES + length + Integer.parseInt(entries.group(5));
      tensors.add(
          new Tensor(
              entries.group(1),
              entries.group(2),
              entries.group(3),
              Arrays.copyOfRange(file, start, end)));
    }
    return new StoredTensors(tensors);
  }

  /** Returns these tensors after a change, which may split them. */
  StoredTensors each(Function<Tensor, Stream<Tensor>> change) {
    return new StoredTensors(tensors.stream().flatMap(change).toList());
  }

  /** Writes a safetensors file. */
  void write(Path target) {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    int end = 0;
    for (Tensor tensor : tensors) {
      header
          .append(",\"" + tensor.name + "\":{\"dtype\":\"" + tensor.dtype + "\",\"shape\":[")
          .append(tensor.shape + "],\"data_offsets\":[" + end + ",")
          .append((end += tensor.values.length) + "]}");
    }
    header.append("}");
    while (header.length() % Long.BYTES != 0) {
      header.append(' ');
    }
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + header.length() + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length()).put(header.toString().getBytes(StandardCharsets.UTF_8));
    tensors.forEach(tensor -> file.put(tensor.values));
    try {
      Files.write(target, file.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
