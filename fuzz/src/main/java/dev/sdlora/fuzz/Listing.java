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
 * A safetensors file in a few lines, so that a fuzzer changes names and shapes and not the offsets
 * that follow from them. All numbers in the file are 0.
 *
 * <pre>{@code
 * #ss_base_model_version sd_v1
 * lora_te_x.lora_down.weight 4,64
 * lora_te_x.alpha  F16
 * -conv_in.bias
 * }</pre>
 *
 * A line is a name, a space, the sizes of the dimensions, and perhaps another space and a number
 * format, {@code F32} if none is given. Behind {@code #} comes metadata, behind {@code -} a tensor
 * that is to go. Sizes that are no numbers are written as they are.
 */
final class Listing {
  /** More than any file has, and less than file systems allow. */
  private static final long LARGEST_FILE = 1L << 40;

  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private record Entry(String shape, String dtype) {
    /** Bytes, as far as they can be said. */
    long bytes() {
      long bytes =
          switch (dtype) {
            case "F64", "I64", "U64" -> 8;
            case "F16", "BF16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
            default -> 4;
          };
      for (String size : shape.isEmpty() ? new String[0] : shape.split(",", -1)) {
        if (!size.matches("[0-9]{1,10}")) {
          return 0;
        }
        bytes = Math.min(LARGEST_FILE, bytes * Long.parseLong(size));
      }
      return bytes;
    }
  }

  /** A file of these tensors, changed by the lines. */
  Listing(Map<String, List<Long>> base, byte[] lines) {
    base.forEach((name, shape) -> tensors.put(name, new Entry(joined(shape), "F32")));
    new String(lines, StandardCharsets.UTF_8).lines().forEach(this::read);
  }

  private static String joined(List<Long> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(","));
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
      tensors.put(parts.get(0), new Entry(second, parts.size() > 2 ? parts.get(2) : "F32"));
    }
  }

  /** The length of the header and the header. */
  ByteBuffer head() {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append("\"__metadata__\":{");
      metadata.forEach((key, value) -> field(json, key).append(quoted(value)));
      json.append("},");
    }
    long at = 0;
    for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
      Entry entry = tensor.getValue();
      field(json, tensor.getKey()).append("{\"dtype\":").append(quoted(entry.dtype));
      json.append(",\"shape\":[").append(entry.shape).append("],\"data_offsets\":[").append(at);
      at = Math.min(LARGEST_FILE, at + entry.bytes());
      json.append(',').append(at).append("]}");
    }
    return framed(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes of all tensors. */
  long dataBytes() {
    return Math.min(LARGEST_FILE, tensors.values().stream().mapToLong(Entry::bytes).sum());
  }

  /** A header with its length in front. */
  static ByteBuffer framed(byte[] header) {
    return ByteBuffer.allocate(8 + header.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .flip();
  }

  private static StringBuilder field(StringBuilder json, String name) {
    char last = json.charAt(json.length() - 1);
    return json.append(last == '{' || last == ',' ? "" : ",").append(quoted(name)).append(':');
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
