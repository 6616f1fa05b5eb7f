package dev.sdlora.families.zimage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.ModelSettings;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
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
    long width = network.common(0, INPUT + ".weight", INPUT + ".bias", "cap_embedder.1.weight");
    boolean full = width == FULL_WIDTH;
    int refiners =
        Math.max(
            Math.max(
                ModelSettings.blocks(settings, "n_refiner_layers", path), full ? FULL_REFINERS : 1),
            network.blocks("(?:noise_refiner|context_refiner)\\.(\\d+)\\."));
    int layers =
        Math.max(
            Math.max(ModelSettings.blocks(settings, "n_layers", path), full ? FULL_LAYERS : 1),
            network.blocks("layers\\.(\\d+)\\."));
    long head =
        network.common(
            0, "layers.0.attention.norm_q.weight", "noise_refiner.0.attention.norm_q.weight");
    int heads = Math.toIntExact(Math.max(1, width / head));
    return new ZImageConfig(
            size(network, 1, INPUT + ".weight") / (ZImageConfig.PATCH * ZImageConfig.PATCH),
            Math.toIntExact(width),
            heads,
            size(network, 0, "layers.0.feed_forward.w1.weight", "layers.0.feed_forward.w3.weight"),
            size(network, 1, "cap_embedder.1.weight"),
            size(network, 0, "t_embedder.mlp.2.weight", "t_embedder.mlp.2.bias"),
            size(network, 0, "t_embedder.mlp.0.weight", "t_embedder.mlp.0.bias"),
            refiners,
            layers,
            ZImageConfig.axes(Math.toIntExact(width) / heads),
            ZImageConfig.THETA)
        .weights();
  }

  private static int size(StoredNetwork network, int dimension, String... candidates) {
    return Math.toIntExact(network.common(dimension, candidates));
  }
}
