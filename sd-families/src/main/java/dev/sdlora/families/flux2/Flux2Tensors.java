package dev.sdlora.families.flux2;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.DoubleBlocks;
import dev.sdlora.families.checkpoint.transformer.ModelSettings;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of FLUX.2's transformer. Black Forest Labs' files fuse the query, key and value
 * projections of double blocks, and store shift before scale in the last modulation.
 */
final class Flux2Tensors implements DenoiserTensors {
  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";

  private static final Pattern BLOCK =
      Pattern.compile("(single_)?transformer_blocks\\.(\\d+)\\.(.+)\\.weight");

  private static final Map<String, String> OUTER =
      Map.of(
          "x_embedder", "img_in",
          "context_embedder", "txt_in",
          "time_guidance_embed.timestep_embedder.linear_1", "time_in.in_layer",
          "time_guidance_embed.timestep_embedder.linear_2", "time_in.out_layer",
          "double_stream_modulation_img.linear", "double_stream_modulation_img.lin",
          "double_stream_modulation_txt.linear", "double_stream_modulation_txt.lin",
          "single_stream_modulation.linear", "single_stream_modulation.lin",
          "norm_out.linear", "final_layer.adaLN_modulation.1",
          "proj_out", "final_layer.linear");

  private static final Map<String, String> IN_SINGLE =
      Map.of(
          "attn.to_qkv_mlp_proj", "linear1",
          "attn.to_out", "linear2",
          "attn.norm_q", "norm.query_norm",
          "attn.norm_k", "norm.key_norm");

  /** Full-size models have this width and these blocks. */
  private static final long FULL_WIDTH = 3072;

  private static final int FULL_DOUBLE = 5;
  private static final int FULL_SINGLE = 20;

  @Override
  public StoredNetwork in(NetworkWeights weights, String sign) {
    String prefix =
        DenoiserTensors.prefix(
            sign,
            "double_stream_modulation_img.",
            "single_stream_modulation.",
            "single_transformer_blocks.");
    boolean diffusers =
        weights.names().stream()
            .anyMatch(name -> name.startsWith(prefix + DOUBLE) || name.startsWith(prefix + SINGLE));
    return new StoredNetwork(weights, prefix, "FLUX.2 transformer", this::places, diffusers);
  }

  @Override
  public String contextReader() {
    return "context_embedder.weight";
  }

  @Override
  public List<Place> places(String name) {
    List<Place> places = new ArrayList<>();
    Matcher block = BLOCK.matcher(name);
    if (block.matches()) {
      boolean single = block.group(1) != null;
      String row = (single ? "single_blocks." : "double_blocks.") + block.group(2) + ".";
      Place place =
          single
              ? Place.whole(IN_SINGLE.getOrDefault(block.group(3), block.group(3)))
              : DoubleBlocks.place(block.group(3));
      if (place.name().endsWith("_norm")) {
        places.add(Place.whole(row + place.name() + ".scale"));
      }
      places.add(new Place(row + place.name() + ".weight", place.cut()));
    } else {
      String module = name.substring(0, name.lastIndexOf('.'));
      String stored = OUTER.getOrDefault(module, module) + ".weight";
      boolean swapped = module.equals("norm_out.linear");
      places.add(new Place(stored, swapped ? Cut.HALVES_SWAPPED : Cut.WHOLE));
    }
    places.add(Place.whole(name));
    return places;
  }

  @Override
  public Map<String, List<Long>> wanted(StoredNetwork network, JsonNode settings) {
    Path path = network.weights().path();
    int doubles = ModelSettings.blocks(settings, "num_layers", path);
    int singles = ModelSettings.blocks(settings, "num_single_layers", path);
    long width =
        network.common(
            0,
            "x_embedder.weight",
            "context_embedder.weight",
            "time_guidance_embed.timestep_embedder.linear_2.weight");
    boolean full = width == FULL_WIDTH;
    int doubleBlocks =
        Math.max(
            Math.max(doubles, full ? FULL_DOUBLE : 1),
            network.blocks("(?:double_blocks|transformer_blocks)\\.(\\d+)\\."));
    int singleBlocks =
        Math.max(
            Math.max(singles, full ? FULL_SINGLE : 1),
            network.blocks("(?:single_blocks|single_transformer_blocks)\\.(\\d+)\\."));
    long head =
        network.common(
            0,
            DOUBLE + "0.attn.norm_q.weight",
            DOUBLE + "0.attn.norm_k.weight",
            SINGLE + "0.attn.norm_q.weight");
    long mlp =
        network.common(
            1, DOUBLE + "0.ff.linear_out.weight", DOUBLE + "0.ff_context.linear_out.weight");
    int heads = Math.toIntExact(Math.max(1, width / head));
    return new Flux2Config(
            size(network, 1, "x_embedder.weight"),
            Math.toIntExact(width),
            heads,
            doubleBlocks,
            singleBlocks,
            size(network, 1, "context_embedder.weight"),
            Math.toIntExact(mlp),
            size(network, 1, "time_guidance_embed.timestep_embedder.linear_1.weight"),
            Flux2Config.axes(Math.toIntExact(width) / heads),
            Flux2Config.THETA)
        .weights();
  }

  private static int size(StoredNetwork network, int dimension, String... candidates) {
    return Math.toIntExact(network.common(dimension, candidates));
  }
}
