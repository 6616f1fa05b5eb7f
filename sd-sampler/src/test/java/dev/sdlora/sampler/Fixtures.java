package dev.sdlora.sampler;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads the golden files next to this class: JSON, and safetensors files. */
public final class Fixtures {
  /** Python writes infinity to JSON. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final JsonNode header;
  private final ByteBuffer data;

  private Fixtures(JsonNode header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  /** Reads a JSON file. */
  public static JsonNode json(String name) {
    try {
      return JSON.readTree(bytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the numbers of a JSON array. */
  public static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).doubleValue();
    }
    return numbers;
  }

  /** Reads a safetensors file. */
  public static Fixtures tensors(String name) {
    ByteBuffer file = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    try {
      return new Fixtures(JSON.readTree(header), file.slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is a tensor with this name. */
  public boolean has(String name) {
    return header.has(name);
  }

  /** Returns a metadata value that is JSON itself. */
  public JsonNode metadata(String name) {
    try {
      return JSON.readTree(header.path("__metadata__").path(name).asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all elements of a tensor in storage order. */
  public double[] doubles(String name) {
    JsonNode entry = header.path(name);
    int begin = entry.at("/data_offsets/0").asInt();
    int end = entry.at("/data_offsets/1").asInt();
    String type = entry.path("dtype").asText();
    double[] numbers = new double[(end - begin) / (type.equals("F32") ? 4 : 8)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (type) {
            case "F32" -> data.getFloat(begin + 4 * i);
            case "F64" -> data.getDouble(begin + 8 * i);
            case "I64" -> data.getLong(begin + 8 * i);
            default -> throw new IllegalArgumentException("tensor " + name + " has type " + type);
          };
    }
    return numbers;
  }

  /** Returns all elements of a tensor in storage order, rounded to float. */
  public float[] floats(String name) {
    return toFloats(doubles(name));
  }

  /** Returns the elements of a tensor, one array for each index of its first axis. */
  public double[][] rows(String name) {
    double[] all = doubles(name);
    double[][] rows = new double[header.path(name).at("/shape/0").asInt()][];
    int width = all.length / rows.length;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
    }
    return rows;
  }

  /** Rounds to float. */
  static float[] toFloats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  private static byte[] bytes(String name) {
    try (InputStream stream = Fixtures.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalArgumentException("no test resource " + name);
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
