package dev.sdlora.server.browser;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An IP-Adapter for the bundled model, and a vision encoder for it, with random weights. */
final class TinyImagePrompt {
  /** The widths of the U-Net's attention layers that read text: down, up, and middle. */
  private static final int[] LAYERS = {64, 128, 160, 160, 160, 128, 128, 64, 64, 160};

  private static final int TEXT_WIDTH = 128;
  private static final int TOKENS = 4;
  private static final int WIDTH = 32;
  private static final int PROJECTED = 24;

  private TinyImagePrompt() {}

  static void writeAdapter(Path file) throws IOException {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    shapes.put("image_proj.proj.weight", List.of(TOKENS * TEXT_WIDTH, PROJECTED));
    shapes.put("image_proj.proj.bias", List.of(TOKENS * TEXT_WIDTH));
    shapes.put("image_proj.norm.weight", List.of(TEXT_WIDTH));
    shapes.put("image_proj.norm.bias", List.of(TEXT_WIDTH));
    for (int i = 0; i < LAYERS.length; i++) {
      String layer = "ip_adapter." + (2 * i + 1);
      shapes.put(layer + ".to_k_ip.weight", List.of(LAYERS[i], TEXT_WIDTH));
      shapes.put(layer + ".to_v_ip.weight", List.of(LAYERS[i], TEXT_WIDTH));
    }
    write(file, shapes);
  }

  static void writeEncoder(Path file) throws IOException {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    shapes.put("vision_model.embeddings.class_embedding", List.of(WIDTH));
    shapes.put("vision_model.embeddings.patch_embedding.weight", List.of(WIDTH, 3, 7, 7));
    shapes.put("vision_model.embeddings.position_embedding.weight", List.of(17, WIDTH));
    for (int i = 0; i < 3; i++) {
      String layer = "vision_model.encoder.layers." + i + ".";
      for (String name : List.of("layer_norm1", "layer_norm2")) {
        linear(shapes, layer + name, List.of(WIDTH), WIDTH);
      }
      for (String name : List.of("k_proj", "out_proj", "q_proj", "v_proj")) {
        linear(shapes, layer + "self_attn." + name, List.of(WIDTH, WIDTH), WIDTH);
      }
      linear(shapes, layer + "mlp.fc1", List.of(2 * WIDTH, WIDTH), 2 * WIDTH);
      linear(shapes, layer + "mlp.fc2", List.of(WIDTH, 2 * WIDTH), WIDTH);
    }
    linear(shapes, "vision_model.post_layernorm", List.of(WIDTH), WIDTH);
    linear(shapes, "vision_model.pre_layrnorm", List.of(WIDTH), WIDTH);
    shapes.put("visual_projection.weight", List.of(PROJECTED, WIDTH));
    write(file, shapes);
  }

  private static void linear(
      Map<String, List<Integer>> shapes, String name, List<Integer> weight, int bias) {
    shapes.put(name + ".weight", weight);
    shapes.put(name + ".bias", List.of(bias));
  }

  /** Writes random numbers as a {@code .safetensors} file. */
  private static void write(Path file, Map<String, List<Integer>> shapes) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int end = 0;
    for (Map.Entry<String, List<Integer>> each : shapes.entrySet()) {
      int begin = end;
      end += 4 * each.getValue().stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
      String shape = each.getValue().stream().map(String::valueOf).collect(Collectors.joining(","));
      header
          .append(header.length() == 1 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%s,%s]}"
                  .formatted(each.getKey(), shape, begin, end));
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(8 + text.length + end).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(text.length).put(text);
    Random random = new Random(1);
    IntStream.range(0, end / 4).forEach(i -> out.putFloat((float) random.nextGaussian() * 0.1f));
    Files.write(file, out.array());
  }
}
