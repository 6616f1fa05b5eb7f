package dev.sdlora.pipeline.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.pipeline.checkpoint.stored.NetworkWeights;
import dev.sdlora.pipeline.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.pipeline.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.pipeline.network.WeightList;
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

  private static final Map<String, Place> IN_DOUBLE =
      Map.ofEntries(
          Map.entry("attn.to_q", new Place("img_attn.qkv", Cut.FIRST_THIRD)),
          Map.entry("attn.to_k", new Place("img_attn.qkv", Cut.SECOND_THIRD)),
          Map.entry("attn.to_v", new Place("img_attn.qkv", Cut.LAST_THIRD)),
          Map.entry("attn.add_q_proj", new Place("txt_attn.qkv", Cut.FIRST_THIRD)),
          Map.entry("attn.add_k_proj", new Place("txt_attn.qkv", Cut.SECOND_THIRD)),
          Map.entry("attn.add_v_proj", new Place("txt_attn.qkv", Cut.LAST_THIRD)),
          Map.entry("attn.to_out.0", Place.whole("img_attn.proj")),
          Map.entry("attn.to_add_out", Place.whole("txt_attn.proj")),
          Map.entry("attn.norm_q", Place.whole("img_attn.norm.query_norm")),
          Map.entry("attn.norm_k", Place.whole("img_attn.norm.key_norm")),
          Map.entry("attn.norm_added_q", Place.whole("txt_attn.norm.query_norm")),
          Map.entry("attn.norm_added_k", Place.whole("txt_attn.norm.key_norm")),
          Map.entry("ff.linear_in", Place.whole("img_mlp.0")),
          Map.entry("ff.linear_out", Place.whole("img_mlp.2")),
          Map.entry("ff_context.linear_in", Place.whole("txt_mlp.0")),
          Map.entry("ff_context.linear_out", Place.whole("txt_mlp.2")));

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
              : IN_DOUBLE.getOrDefault(block.group(3), Place.whole(block.group(3)));
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
    WeightList list = new WeightList();
    list.add("x_embedder.weight", width, network.common(1, "x_embedder.weight"));
    list.add("context_embedder.weight", width, network.common(1, "context_embedder.weight"));
    String time = "time_guidance_embed.timestep_embedder.linear_";
    list.add(time + "1.weight", width, network.common(1, time + "1.weight"));
    list.add(time + "2.weight", width, width);
    list.add("double_stream_modulation_img.linear.weight", 6 * width, width);
    list.add("double_stream_modulation_txt.linear.weight", 6 * width, width);
    list.add("single_stream_modulation.linear.weight", 3 * width, width);
    for (int i = 0; i < doubleBlocks; i++) {
      doubleBlock(list, DOUBLE + i + ".", width, head, mlp);
    }
    for (int i = 0; i < singleBlocks; i++) {
      String attention = SINGLE + i + ".attn.";
      list.add(attention + "to_qkv_mlp_proj.weight", 3 * width + 2 * mlp, width);
      list.add(attention + "to_out.weight", width, width + mlp);
      list.add(attention + "norm_q.weight", head);
      list.add(attention + "norm_k.weight", head);
    }
    list.add("norm_out.linear.weight", 2 * width, width);
    list.add("proj_out.weight", network.common(0, "proj_out.weight"), width);
    return list.shapes();
  }

  private static void doubleBlock(WeightList list, String block, long width, long head, long mlp) {
    for (String part :
        List.of("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj", "to_out.0")) {
      list.add(block + "attn." + part + ".weight", width, width);
    }
    list.add(block + "attn.to_add_out.weight", width, width);
    for (String norm : List.of("norm_q", "norm_k", "norm_added_q", "norm_added_k")) {
      list.add(block + "attn." + norm + ".weight", head);
    }
    for (String ff : List.of("ff", "ff_context")) {
      list.add(block + ff + ".linear_in.weight", 2 * mlp, width);
      list.add(block + ff + ".linear_out.weight", width, mlp);
    }
  }
}
