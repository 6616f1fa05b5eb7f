package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Small networks in files. The values of a tensor depend only on its name in diffusers, so files of
 * both layouts hold the same network.
 *
 * @param tensors the tensors by their names in the file
 */
record SampleNetwork(Map<String, Tensor> tensors) {

  /** A tensor and its values. */
  record Tensor(List<Long> shape, List<Float> values) {
    float[] floats() {
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i);
      }
      return floats;
    }
  }

  static SampleNetwork flux2() {
    return whole("flux2-diffusers");
  }

  /** Returns the same network with the names of Black Forest Labs. */
  static SampleNetwork flux2Original() {
    return of(
        "flux2-original",
        name -> {
          if (name.startsWith("final_layer.adaLN")) {
            return List.of("norm_out.linear.weight", "swapped");
          }
          String renamed =
              renamed(
                  name,
                  List.of(
                      "double_blocks.", "transformer_blocks.",
                      "single_blocks.", "single_transformer_blocks.",
                      "img_attn.norm.query_norm.scale", "attn.norm_q.weight",
                      "img_attn.norm.key_norm.scale", "attn.norm_k.weight",
                      "txt_attn.norm.query_norm.scale", "attn.norm_added_q.weight",
                      "txt_attn.norm.key_norm.scale", "attn.norm_added_k.weight",
                      ".norm.query_norm.scale", ".attn.norm_q.weight",
                      ".norm.key_norm.scale", ".attn.norm_k.weight",
                      "img_attn.proj", "attn.to_out.0",
                      "txt_attn.proj", "attn.to_add_out",
                      "img_mlp.0", "ff.linear_in",
                      "img_mlp.2", "ff.linear_out",
                      "txt_mlp.0", "ff_context.linear_in",
                      "txt_mlp.2", "ff_context.linear_out",
                      "linear1", "attn.to_qkv_mlp_proj",
                      "linear2", "attn.to_out",
                      "img_in", "x_embedder",
                      "txt_in", "context_embedder",
                      "time_in.in_layer", "time_guidance_embed.timestep_embedder.linear_1",
                      "time_in.out_layer", "time_guidance_embed.timestep_embedder.linear_2",
                      "final_layer.linear", "proj_out",
                      ".lin.", ".linear."));
          return renamed.contains("qkv.")
              ? List.of(
                  renamed
                      .replace("img_attn.qkv", "attn.to_q")
                      .replace("txt_attn.qkv", "attn.add_q_proj"),
                  renamed
                      .replace("img_attn.qkv", "attn.to_k")
                      .replace("txt_attn.qkv", "attn.add_k_proj"),
                  renamed
                      .replace("img_attn.qkv", "attn.to_v")
                      .replace("txt_attn.qkv", "attn.add_v_proj"))
              : List.of(renamed);
        });
  }

  static SampleNetwork zImage() {
    return whole("z-image-diffusers");
  }

  /** Returns the same network with the names of single files. */
  static SampleNetwork zImageOriginal() {
    return of(
        "z-image-original",
        name -> {
          String renamed =
              renamed(
                  name,
                  List.of(
                      "x_embedder.", "all_x_embedder.2-1.",
                      "final_layer.", "all_final_layer.2-1.",
                      "q_norm", "norm_q",
                      "k_norm", "norm_k",
                      "attention.out.", "attention.to_out.0."));
          return renamed.contains(".qkv.")
              ? List.of(
                  renamed.replace("qkv", "to_q"),
                  renamed.replace("qkv", "to_k"),
                  renamed.replace("qkv", "to_v"))
              : List.of(renamed);
        });
  }

  static SampleNetwork qwen3() {
    return whole("qwen3");
  }

  static SampleNetwork t5() {
    return whole("t5");
  }

  static SampleNetwork clipL() {
    return whole("clip-l");
  }

  static SampleNetwork clipG() {
    return whole("clip-g");
  }

  static SampleNetwork flux2Vae() {
    return whole("flux2-vae-diffusers");
  }

  /** Returns the same network with the names of Black Forest Labs. */
  static SampleNetwork flux2VaeOriginal() {
    return of("flux2-vae-original", name -> List.of(vaeName(name)));
  }

  /** Returns a VAE like that of FLUX.1. */
  static SampleNetwork vae16Original() {
    return of("vae-16-original", name -> List.of(vaeName(name)));
  }

  private static String vaeName(String name) {
    String renamed =
        renamed(
            name,
            List.of(
                "mid.attn_1.norm", "mid_block.attentions.0.group_norm",
                "mid.attn_1.q.", "mid_block.attentions.0.to_q.",
                "mid.attn_1.k.", "mid_block.attentions.0.to_k.",
                "mid.attn_1.v.", "mid_block.attentions.0.to_v.",
                "mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0",
                "mid.block_1", "mid_block.resnets.0",
                "mid.block_2", "mid_block.resnets.1",
                ".block.", ".resnets.",
                "nin_shortcut", "conv_shortcut",
                ".downsample.", ".downsamplers.0.",
                ".upsample.", ".upsamplers.0.",
                "encoder.down.", "encoder.down_blocks.",
                "coder.norm_out", "coder.conv_norm_out"));
    if (renamed.contains("quant_conv")) {
      return renamed.substring(renamed.indexOf('.') + 1);
    }
    String up = "decoder.up.";
    return renamed.startsWith(up)
        ? "decoder.up_blocks."
            + (3 - Integer.parseInt(renamed.substring(up.length(), up.length() + 1)))
            + renamed.substring(up.length() + 1)
        : renamed;
  }

  private static String renamed(String name, List<String> pairs) {
    String renamed = name;
    for (int i = 0; i < pairs.size(); i += 2) {
      if (renamed.contains(pairs.get(i)) && !renamed.contains(pairs.get(i + 1))) {
        renamed = renamed.replace(pairs.get(i), pairs.get(i + 1));
      }
    }
    return renamed;
  }

  private static SampleNetwork whole(String resource) {
    return of(resource, List::of);
  }

  /** Fills the tensors of a list; each consists of those that the function names. */
  private static SampleNetwork of(String resource, Function<String, List<String>> pieces) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    shapes(resource)
        .forEach(
            (name, shape) -> {
              int size = shape.stream().mapToInt(Math::toIntExact).reduce(1, Math::multiplyExact);
              List<String> parts = new ArrayList<>(pieces.apply(name));
              boolean swapped = parts.remove("swapped");
              List<Float> values = new ArrayList<>();
              parts.forEach(part -> values.addAll(random(part, size / parts.size())));
              if (swapped) {
                Collections.rotate(values, size / 2);
              }
              tensors.put(name, new Tensor(shape, values));
            });
    return new SampleNetwork(tensors);
  }

  private static List<Float> random(String name, int size) {
    Random random = new Random(name.hashCode());
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add((float) (random.nextInt(256) - 128));
    }
    return values;
  }

  private static Map<String, List<Long>> shapes(String resource) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    try (InputStream in =
        Objects.requireNonNull(SampleNetwork.class.getResourceAsStream(resource + ".txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        int blank = line.indexOf(' ');
        String sizes = line.substring(blank + 1);
        shapes.put(
            line.substring(0, blank),
            sizes.equals("-")
                ? List.of()
                : Arrays.stream(sizes.split("x")).map(Long::valueOf).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return shapes;
  }

  /** Returns a copy with other names; tensors renamed to "" are omitted. */
  SampleNetwork renamed(UnaryOperator<String> rename) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String other = rename.apply(name);
          if (!other.isEmpty()) {
            renamed.put(other, tensor);
          }
        });
    return new SampleNetwork(renamed);
  }

  SampleNetwork prefixed(String prefix) {
    return renamed(prefix::concat);
  }

  SampleNetwork without(Predicate<String> names) {
    return renamed(name -> names.test(name) ? "" : name);
  }

  SampleNetwork and(SampleNetwork other) {
    Map<String, Tensor> both = new LinkedHashMap<>(tensors);
    both.putAll(other.tensors);
    return new SampleNetwork(both);
  }

  /** Returns a copy with another tensor, or another shape of one, filled with zeros. */
  SampleNetwork with(String name, Long... shape) {
    long size = Arrays.stream(shape).reduce(1L, Math::multiplyExact);
    Map<String, Tensor> more = new LinkedHashMap<>(tensors);
    more.put(name, new Tensor(List.of(shape), Collections.nCopies(Math.toIntExact(size), 0f)));
    return new SampleNetwork(more);
  }

  SafetensorsWriter writer() {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(
        (name, tensor) -> writer.tensor(name, tensor.shape(), tensor.floats(), DType.BF16));
    return writer;
  }

  Path write(Path file) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer().write(file);
    return file;
  }

  /** Writes two shards and their index, and returns the index. */
  Path writeShards(Path folder, String stem) throws IOException {
    List<String> names = List.copyOf(tensors.keySet());
    List<String> map = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String file = stem + "-0000" + (i + 1) + "-of-00002.safetensors";
      int half = names.size() / 2;
      List<String> own = i == 0 ? names.subList(0, half) : names.subList(half, names.size());
      without(name -> !own.contains(name)).write(folder.resolve(file));
      own.forEach(name -> map.add("\"%s\": \"%s\"".formatted(name, file)));
    }
    return Files.writeString(
        folder.resolve(stem + ".safetensors.index.json"),
        "{\"weight_map\": {" + String.join(", ", map) + "}}");
  }
}
