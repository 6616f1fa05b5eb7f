package dev.sdlora.families.flux1;

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
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of the transformers of FLUX.1 and its kin. Their authors' files fuse the query, key
 * and value projections, in single blocks also the first layer of the MLP, and store shift before
 * scale in the last modulation.
 */
public class Flux1Tensors implements DenoiserTensors {
  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";
  private static final String TIME = "time_text_embed.";
  private static final String LAST_CHANGE = "norm_out.linear";
  private static final int AREA = Flux1Config.PATCH * Flux1Config.PATCH;

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

  private final String label;
  private final Function<StoredNetwork, Modulation> modulation;

  /** Creates the names of FLUX.1. */
  Flux1Tensors() {
    this("FLUX.1 transformer", Flux1Tensors::ownLayers);
  }

  /**
   * Creates the names of a family of FLUX.1's kind.
   *
   * @param label the name of the transformer, for errors
   * @param modulation reads the dimensions of the modulation
   */
  protected Flux1Tensors(String label, Function<StoredNetwork, Modulation> modulation) {
    this.label = label;
    this.modulation = modulation;
  }

  @Override
  public StoredNetwork in(NetworkWeights weights, String sign) {
    String prefix = prefix(sign);
    boolean diffusers =
        weights.names().stream()
            .anyMatch(name -> name.startsWith(prefix + DOUBLE) || name.startsWith(prefix + SINGLE));
    return new StoredNetwork(weights, prefix, label, this::places, diffusers);
  }

  /** Returns the prefix of all names, from a name that only this family has. */
  protected String prefix(String sign) {
    return DenoiserTensors.prefix(sign, "double_blocks.", SINGLE, TIME, "guidance_in.");
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
          single
              ? IN_SINGLE.getOrDefault(block.group(3), Place.whole(block.group(3)))
              : DoubleBlocks.place(block.group(3));
      if (place.name().endsWith("_norm")) {
        places.add(Place.whole(row + place.name() + ".scale"));
      }
      places.add(new Place(row + place.name() + end, place.cut()));
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
    int heads = Math.toIntExact(Math.max(1, width / head));
    return new Flux1Config(
            size(network, 1, "x_embedder.weight") / AREA,
            size(network, 0, "proj_out.weight", "proj_out.bias") / AREA,
            Math.toIntExact(width),
            heads,
            doubles,
            singles,
            size(network, 1, "context_embedder.weight"),
            Math.toIntExact(mlp),
            modulation.apply(network),
            Flux1Config.axes(Math.toIntExact(width) / heads),
            Flux1Config.THETA)
        .weights();
  }

  private static OwnLayers ownLayers(StoredNetwork network) {
    return new OwnLayers(
        size(network, 1, TIME + "text_embedder.linear_1.weight"),
        network.has(TIME + "guidance_embedder.linear_1.weight"));
  }

  /** Returns the size on which most of some weights agree. */
  protected static int size(StoredNetwork network, int dimension, String... candidates) {
    return Math.toIntExact(network.common(dimension, candidates));
  }
}
