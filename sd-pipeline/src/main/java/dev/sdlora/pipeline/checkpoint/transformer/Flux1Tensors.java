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
 * The tensors of the transformers of FLUX.1 and Chroma. Their authors' files fuse the query, key
 * and value projections, in single blocks also the first layer of the MLP, and store shift before
 * scale in the last modulation.
 */
final class Flux1Tensors implements DenoiserTensors {
  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";
  private static final String TIME = "time_text_embed.";
  private static final String APPROXIMATOR = "distilled_guidance_layer.";
  private static final String LAST_CHANGE = "norm_out.linear";
  private static final long SINUSOID = 256;

  private static final Pattern BLOCK =
      Pattern.compile("(single_)?transformer_blocks\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private static final Map<String, String> OUTER =
      Map.ofEntries(
          Map.entry("x_embedder", "img_in"),
          Map.entry("context_embedder", "txt_in"),
          Map.entry(TIME + "timestep_embedder.linear_1", "time_in.in_layer"),
          Map.entry(TIME + "timestep_embedder.linear_2", "time_in.out_layer"),
          Map.entry(TIME + "guidance_embedder.linear_1", "guidance_in.in_layer"),
          Map.entry(TIME + "guidance_embedder.linear_2", "guidance_in.out_layer"),
          Map.entry(TIME + "text_embedder.linear_1", "vector_in.in_layer"),
          Map.entry(TIME + "text_embedder.linear_2", "vector_in.out_layer"),
          Map.entry(LAST_CHANGE, "final_layer.adaLN_modulation.1"),
          Map.entry("proj_out", "final_layer.linear"));

  private static final Map<String, Place> IN_DOUBLE =
      Map.ofEntries(
          Map.entry("norm1.linear", Place.whole("img_mod.lin")),
          Map.entry("norm1_context.linear", Place.whole("txt_mod.lin")),
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
          Map.entry("ff.net.0.proj", Place.whole("img_mlp.0")),
          Map.entry("ff.net.2", Place.whole("img_mlp.2")),
          Map.entry("ff_context.net.0.proj", Place.whole("txt_mlp.0")),
          Map.entry("ff_context.net.2", Place.whole("txt_mlp.2")));

  private static final Map<String, Place> IN_SINGLE =
      Map.of(
          "norm.linear",
          Place.whole("modulation.lin"),
          "attn.to_q",
          new Place("linear1", Cut.FIRST_SEVENTH),
          "attn.to_k",
          new Place("linear1", Cut.SECOND_SEVENTH),
          "attn.to_v",
          new Place("linear1", Cut.THIRD_SEVENTH),
          "proj_mlp",
          new Place("linear1", Cut.LAST_FOUR_SEVENTHS),
          "proj_out",
          Place.whole("linear2"),
          "attn.norm_q",
          Place.whole("norm.query_norm"),
          "attn.norm_k",
          Place.whole("norm.key_norm"));

  private final boolean isChroma;

  /**
   * Creates the names of a family.
   *
   * @param isChroma whether it is Chroma, whose blocks have no modulations of their own
   */
  Flux1Tensors(boolean isChroma) {
    this.isChroma = isChroma;
  }

  @Override
  public StoredNetwork in(NetworkWeights weights, String sign) {
    String prefix =
        DenoiserTensors.prefix(sign, APPROXIMATOR, "double_blocks.", SINGLE, TIME, "guidance_in.");
    boolean diffusers =
        weights.names().stream()
            .anyMatch(name -> name.startsWith(prefix + DOUBLE) || name.startsWith(prefix + SINGLE));
    return new StoredNetwork(
        weights,
        prefix,
        isChroma ? "Chroma transformer" : "FLUX.1 transformer",
        this::places,
        diffusers);
  }

  @Override
  public List<Place> places(String name) {
    List<Place> places = new ArrayList<>();
    Matcher block = BLOCK.matcher(name);
    String end = name.substring(name.lastIndexOf('.'));
    if (block.matches()) {
      boolean single = block.group(1) != null;
      String row = (single ? "single_blocks." : "double_blocks.") + block.group(2) + ".";
      Place place =
          (single ? IN_SINGLE : IN_DOUBLE)
              .getOrDefault(block.group(3), Place.whole(block.group(3)));
      if (place.name().endsWith("_norm")) {
        places.add(Place.whole(row + place.name() + ".scale"));
      }
      places.add(new Place(row + place.name() + end, place.cut()));
    } else if (name.startsWith(APPROXIMATOR)) {
      places.add(
          Place.whole(
              name.contains(".norms.")
                  ? name.replace(".weight", ".scale")
                  : name.replace(".linear_1.", ".in_layer.").replace(".linear_2.", ".out_layer.")));
    } else {
      String module = name.substring(0, name.lastIndexOf('.'));
      boolean swapped = module.equals(LAST_CHANGE);
      places.add(
          new Place(
              OUTER.getOrDefault(module, module) + end, swapped ? Cut.HALVES_SWAPPED : Cut.WHOLE));
    }
    places.add(Place.whole(name));
    return places;
  }

  @Override
  public String contextReader() {
    return "context_embedder.weight";
  }

  @Override
  public Map<String, List<Long>> wanted(StoredNetwork network, JsonNode settings) {
    Path path = network.weights().path();
    int doubles =
        Math.max(
            Math.max(ModelSettings.blocks(settings, "num_layers", path), 1),
            network.blocks("(?:double_blocks|transformer_blocks)\\.(\\d+)\\."));
    int singles =
        Math.max(
            Math.max(ModelSettings.blocks(settings, "num_single_layers", path), 1),
            network.blocks("(?:single_blocks|single_transformer_blocks)\\.(\\d+)\\."));
    long width =
        network.common(
            0,
            "x_embedder.weight",
            "x_embedder.bias",
            "context_embedder.weight",
            "proj_out.weight");
    long head =
        network.common(
            0,
            DOUBLE + "0.attn.norm_q.weight",
            DOUBLE + "0.attn.norm_k.weight",
            SINGLE + "0.attn.norm_q.weight");
    long mlp =
        network.common(
            0,
            DOUBLE + "0.ff.net.0.proj.bias",
            DOUBLE + "0.ff_context.net.0.proj.bias",
            SINGLE + "0.proj_mlp.bias");
    WeightList list = new WeightList();
    list.linear("x_embedder", network.common(1, "x_embedder.weight"), width);
    list.linear("context_embedder", network.common(1, "context_embedder.weight"), width);
    if (isChroma) {
      approximator(list, network, width);
    } else {
      twoLayers(list, TIME + "timestep_embedder.", SINUSOID, width);
      if (network.has(TIME + "guidance_embedder.linear_1.weight")) {
        twoLayers(list, TIME + "guidance_embedder.", SINUSOID, width);
      }
      String pooled = TIME + "text_embedder.";
      twoLayers(list, pooled, network.common(1, pooled + "linear_1.weight"), width);
    }
    for (int i = 0; i < doubles; i++) {
      doubleBlock(list, DOUBLE + i + ".", width, head, mlp);
    }
    for (int i = 0; i < singles; i++) {
      singleBlock(list, SINGLE + i + ".", width, head, mlp);
    }
    if (!isChroma) {
      list.linear(LAST_CHANGE, width, 2 * width);
    }
    list.linear("proj_out", width, network.common(0, "proj_out.weight", "proj_out.bias"));
    return list.shapes();
  }

  private static void twoLayers(WeightList list, String name, long in, long width) {
    list.linear(name + "linear_1", in, width);
    list.linear(name + "linear_2", width, width);
  }

  private static void approximator(WeightList list, StoredNetwork network, long width) {
    long hidden = network.common(0, APPROXIMATOR + "in_proj.bias", APPROXIMATOR + "norms.0.weight");
    list.linear(
        APPROXIMATOR + "in_proj", network.common(1, APPROXIMATOR + "in_proj.weight"), hidden);
    int layers = Math.max(1, network.blocks("distilled_guidance_layer\\.layers\\.(\\d+)\\."));
    for (int i = 0; i < layers; i++) {
      list.add(APPROXIMATOR + "norms." + i + ".weight", hidden);
      list.linear(APPROXIMATOR + "layers." + i + ".linear_1", hidden, hidden);
      list.linear(APPROXIMATOR + "layers." + i + ".linear_2", hidden, hidden);
    }
    list.linear(APPROXIMATOR + "out_proj", hidden, width);
  }

  private void doubleBlock(WeightList list, String block, long width, long head, long mlp) {
    if (!isChroma) {
      list.linear(block + "norm1.linear", width, 6 * width);
      list.linear(block + "norm1_context.linear", width, 6 * width);
    }
    for (String part :
        List.of("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj", "to_out.0")) {
      list.linear(block + "attn." + part, width, width);
    }
    list.linear(block + "attn.to_add_out", width, width);
    for (String norm : List.of("norm_q", "norm_k", "norm_added_q", "norm_added_k")) {
      list.add(block + "attn." + norm + ".weight", head);
    }
    for (String ff : List.of("ff.net.", "ff_context.net.")) {
      list.linear(block + ff + "0.proj", width, mlp);
      list.linear(block + ff + "2", mlp, width);
    }
  }

  private void singleBlock(WeightList list, String block, long width, long head, long mlp) {
    if (!isChroma) {
      list.linear(block + "norm.linear", width, 3 * width);
    }
    for (String part : List.of("to_q", "to_k", "to_v")) {
      list.linear(block + "attn." + part, width, width);
    }
    list.add(block + "attn.norm_q.weight", head);
    list.add(block + "attn.norm_k.weight", head);
    list.linear(block + "proj_mlp", width, mlp);
    list.linear(block + "proj_out", width + mlp, width);
  }
}
