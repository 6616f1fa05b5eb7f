package dev.sdlora.pipeline.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.pipeline.checkpoint.stored.NetworkWeights;
import dev.sdlora.pipeline.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.pipeline.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.pipeline.network.WeightList;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of Z-Image's transformer. Single files fuse query, key and value projections. */
final class ZImageTensors implements DenoiserTensors {
  private static final String INPUT = "all_x_embedder.2-1";
  private static final String FINAL = "all_final_layer.2-1";

  private static final Pattern ATTENTION = Pattern.compile("(.+\\.attention\\.)(.+)\\.weight");

  private static final Map<String, Place> IN_ATTENTION =
      Map.of(
          "to_q",
          new Place("qkv", Cut.FIRST_THIRD),
          "to_k",
          new Place("qkv", Cut.SECOND_THIRD),
          "to_v",
          new Place("qkv", Cut.LAST_THIRD),
          "to_out.0",
          Place.whole("out"),
          "norm_q",
          Place.whole("q_norm"),
          "norm_k",
          Place.whole("k_norm"));

  /** Full-size models have this width and these blocks. */
  private static final long FULL_WIDTH = 3840;

  private static final int FULL_LAYERS = 30;
  private static final int FULL_REFINERS = 2;

  @Override
  public StoredNetwork in(NetworkWeights weights, String sign) {
    String prefix = DenoiserTensors.prefix(sign, "cap_embedder.");
    boolean diffusers =
        weights.names().stream()
            .anyMatch(name -> name.startsWith(prefix) && name.contains(".attention.to_q."));
    return new StoredNetwork(weights, prefix, "Z-Image transformer", this::places, diffusers);
  }

  @Override
  public String contextReader() {
    return "cap_embedder.1.weight";
  }

  @Override
  public List<Place> places(String name) {
    Matcher attention = ATTENTION.matcher(name);
    if (attention.matches()) {
      Place place = IN_ATTENTION.getOrDefault(attention.group(2), Place.whole(attention.group(2)));
      return List.of(
          new Place(attention.group(1) + place.name() + ".weight", place.cut()), Place.whole(name));
    }
    return List.of(
        Place.whole(name.replace(INPUT, "x_embedder").replace(FINAL, "final_layer")),
        Place.whole(name));
  }

  @Override
  public Map<String, List<Long>> wanted(StoredNetwork network, JsonNode settings) {
    Path path = network.weights().path();
    int layers = ModelSettings.blocks(settings, "n_layers", path);
    int refiners = ModelSettings.blocks(settings, "n_refiner_layers", path);
    long width = network.common(0, INPUT + ".weight", INPUT + ".bias", "cap_embedder.1.weight");
    long head =
        network.common(
            0, "layers.0.attention.norm_q.weight", "noise_refiner.0.attention.norm_q.weight");
    long hidden =
        network.common(0, "layers.0.feed_forward.w1.weight", "layers.0.feed_forward.w3.weight");
    long time = network.common(0, "t_embedder.mlp.2.weight", "t_embedder.mlp.2.bias");
    WeightList list = new WeightList();
    list.linear(INPUT, network.common(1, INPUT + ".weight"), width);
    long text = network.common(1, "cap_embedder.1.weight");
    list.add("cap_embedder.0.weight", text);
    list.linear("cap_embedder.1", text, width);
    list.add("x_pad_token", 1, width);
    list.add("cap_pad_token", 1, width);
    long between = network.common(0, "t_embedder.mlp.0.weight", "t_embedder.mlp.0.bias");
    list.linear("t_embedder.mlp.0", network.common(1, "t_embedder.mlp.0.weight"), between);
    list.linear("t_embedder.mlp.2", between, time);
    boolean full = width == FULL_WIDTH;
    for (String part : List.of("noise_refiner", "context_refiner", "layers")) {
      boolean refiner = !part.equals("layers");
      int least = Math.max(refiner ? refiners : layers, 1);
      int usual = refiner ? FULL_REFINERS : FULL_LAYERS;
      int count =
          Math.max(Math.max(least, full ? usual : 1), network.blocks(part + "\\.(\\d+)\\."));
      for (int i = 0; i < count; i++) {
        block(list, part + "." + i + ".", width, head, hidden);
        if (!part.equals("context_refiner")) {
          list.linear(part + "." + i + ".adaLN_modulation.0", time, 4 * width);
        }
      }
    }
    list.linear(FINAL + ".adaLN_modulation.1", time, width);
    list.linear(FINAL + ".linear", width, network.common(0, FINAL + ".linear.weight"));
    return list.shapes();
  }

  private static void block(WeightList list, String block, long width, long head, long hidden) {
    for (String part : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      list.add(block + "attention." + part + ".weight", width, width);
    }
    list.add(block + "attention.norm_q.weight", head);
    list.add(block + "attention.norm_k.weight", head);
    for (String norm : List.of("attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2")) {
      list.add(block + norm + ".weight", width);
    }
    list.add(block + "feed_forward.w1.weight", hidden, width);
    list.add(block + "feed_forward.w2.weight", width, hidden);
    list.add(block + "feed_forward.w3.weight", hidden, width);
  }
}
