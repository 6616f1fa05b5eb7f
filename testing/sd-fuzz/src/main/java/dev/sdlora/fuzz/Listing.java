package dev.sdlora.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A safetensors file written as a few lines, so that a fuzzer can change names and shapes without
 * having to update the offsets. All numbers in the file are 0.
 *
 * <pre>{@code
 * #ss_base_model_version sd_v1
 * lora_te_x.lora_down.weight 4,64
 * lora_te_x.alpha  F16
 * -conv_in.bias
 * }</pre>
 *
 * A line is a name, a space, the shape, and optionally another space and a dtype, {@code F32} by
 * default. {@code #} starts metadata, {@code -} removes a tensor. Shapes that are not numbers are
 * written as they are.
 */
final class Listing {
  /** Larger than any real file, but within the limits of file systems. */
  private static final long LARGEST_FILE = 1L << 40;

  /** A file without tensors. */
  static final Listing NOTHING = new Listing(Map.of());

  private final Map<String, Entry> tensors;
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /**
   * A tensor.
   *
   * @param json its header entry up to the offsets
   * @param bytes its size, as far as it is defined
   */
  private record Entry(String json, long bytes) {
    static Entry of(String name, String shape, String dtype) {
      return new Entry(
          quoted(name)
              + ":{\"dtype\":"
              + quoted(dtype)
              + ",\"shape\":["
              + shape
              + "],\"data_offsets\":[",
          bytes(shape, dtype));
    }

    private static long bytes(String shape, String dtype) {
      long bytes =
          switch (dtype) {
            case "F64", "I64", "U64" -> 8;
            case "F16", "BF16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
            default -> 4;
          };
      for (String size : shape.isEmpty() ? new String[0] : shape.split(",", -1)) {
        if (!isNumber(size)) {
          return 0;
        }
        bytes = Math.min(LARGEST_FILE, bytes * Long.parseLong(size));
      }
      return bytes;
    }

    private static boolean isNumber(String text) {
      return !text.isEmpty()
          && text.length() <= 10
          && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
  }

  private Listing(Listing original) {
    this.tensors = new LinkedHashMap<>(original.tensors);
    this.metadata.putAll(original.metadata);
  }

  /** Creates a file with these tensors. */
  Listing(Map<String, List<Long>> shapes) {
    this.tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, Entry.of(name, joined(shape), "F32")));
  }

  private static String joined(List<Long> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Returns a copy changed by the lines. */
  Listing with(byte[] lines) {
    Listing changed = new Listing(this);
    new String(lines, StandardCharsets.UTF_8).lines().forEach(changed::read);
    return changed;
  }

  private void read(String line) {
    if (line.startsWith("-")) {
      tensors.remove(line.substring(1));
      return;
    }
    List<String> parts = Arrays.asList(line.split(" ", -1));
    String second = parts.size() > 1 ? parts.get(1) : "";
    if (line.startsWith("#")) {
      metadata.put(parts.get(0).substring(1), line.substring(line.indexOf(' ') + 1));
    } else if (!line.isEmpty()) {
      String dtype = parts.size() > 2 ? parts.get(2) : "F32";
      tensors.put(parts.get(0), Entry.of(parts.get(0), second, dtype));
    }
  }

  /** Returns the length of the header and the header. */
  ByteBuffer head() {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append("\"__metadata__\":{");
      metadata.forEach(
          (key, value) -> next(json).append(quoted(key)).append(':').append(quoted(value)));
      json.append("},");
    }
    long at = 0;
    for (Entry tensor : tensors.values()) {
      next(json).append(tensor.json).append(at).append(',');
      at = Math.min(LARGEST_FILE, at + tensor.bytes);
      json.append(at).append("]}");
    }
    return framed(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the total size of all tensors in bytes. */
  long dataBytes() {
    return Math.min(
        LARGEST_FILE, tensors.values().stream().mapToLong(tensor -> tensor.bytes).sum());
  }

  /** Returns a header preceded by its length. */
  static ByteBuffer framed(byte[] header) {
    return ByteBuffer.allocate(8 + header.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .flip();
  }

  /** Appends a comma if another field precedes. */
  private static StringBuilder next(StringBuilder json) {
    char last = json.charAt(json.length() - 1);
    return json.append(last == '{' || last == ',' ? "" : ",");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
