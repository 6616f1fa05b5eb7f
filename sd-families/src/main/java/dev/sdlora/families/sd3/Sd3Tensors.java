package dev.sdlora.families.sd3;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.ModelSettings;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The tensors of the transformer of Stable Diffusion 3. Stability AI's files fuse the query, key
 * and value projections, and store shift before scale in the modulations of the last block's text
 * and of the output.
 */
final class Sd3Tensors implements DenoiserTensors {
  private static final String BLOCK = "transformer_blocks.";
  private static final Pattern IN_BLOCK =
      Pattern.compile("transformer_blocks\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private static final Map<String, String> OUTER =
      Map.of(
          "pos_embed.pos_embed", "pos_embed",
          "pos_embed.proj", "x_embedder.proj",
          "time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.0",
          "time_text_embed.timestep_embedder.linear_2", "t_embedder.mlp.2",
          "time_text_embed.text_embedder.linear_1", "y_embedder.mlp.0",
          "time_text_embed.text_embedder.linear_2", "y_embedder.mlp.2",
          "norm_out.linear", "final_layer.adaLN_modulation.1",
          "proj_out", "final_layer.linear");

  private static final Map<String, Place> INNER =
      Map.ofEntries(
          Map.entry("norm1.linear", Place.whole("x_block.adaLN_modulation.1")),
          Map.entry("norm1_context.linear", Place.whole("context_block.adaLN_modulation.1")),
          Map.entry("attn.to_q", new Place("x_block.attn.qkv", Cut.FIRST_THIRD)),
          Map.entry("attn.to_k", new Place("x_block.attn.qkv", Cut.SECOND_THIRD)),
          Map.entry("attn.to_v", new Place("x_block.attn.qkv", Cut.LAST_THIRD)),
          Map.entry("attn.add_q_proj", new Place("context_block.attn.qkv", Cut.FIRST_THIRD)),
          Map.entry("attn.add_k_proj", new Place("context_block.attn.qkv", Cut.SECOND_THIRD)),
          Map.entry("attn.add_v_proj", new Place("context_block.attn.qkv", Cut.LAST_THIRD)),
          Map.entry("attn2.to_q", new Place("x_block.attn2.qkv", Cut.FIRST_THIRD)),
          Map.entry("attn2.to_k", new Place("x_block.attn2.qkv", Cut.SECOND_THIRD)),
          Map.entry("attn2.to_v", new Place("x_block.attn2.qkv", Cut.LAST_THIRD)),
          Map.entry("attn.to_out.0", Place.whole("x_block.attn.proj")),
          Map.entry("attn.to_add_out", Place.whole("context_block.attn.proj")),
          Map.entry("attn2.to_out.0", Place.whole("x_block.attn2.proj")),
          Map.entry("attn.norm_q", Place.whole("x_block.attn.ln_q")),
          Map.entry("attn.norm_k", Place.whole("x_block.attn.ln_k")),
          Map.entry("attn.norm_added_q", Place.whole("context_block.attn.ln_q")),
          Map.entry("attn.norm_added_k", Place.whole("context_block.attn.ln_k")),
          Map.entry("attn2.norm_q", Place.whole("x_block.attn2.ln_q")),
          Map.entry("attn2.norm_k", Place.whole("x_block.attn2.ln_k")),
          Map.entry("ff.net.0.proj", Place.whole("x_block.mlp.fc1")),
          Map.entry("ff.net.2", Place.whole("x_block.mlp.fc2")),
          Map.entry("ff_context.net.0.proj", Place.whole("context_block.mlp.fc1")),
          Map.entry("ff_context.net.2", Place.whole("context_block.mlp.fc2")));

  @Override
  public StoredNetwork in(NetworkWeights weights, String sign) {
    String prefix = DenoiserTensors.prefix(sign, "joint_blocks.", "pos_embed.");
    boolean diffusers = weights.names().stream().anyMatch(name -> name.startsWith(prefix + BLOCK));
    StoredNetwork unknown = network(weights, prefix, -1, diffusers);
    return network(weights, prefix, layers(unknown) - 1, diffusers);
  }

  private static StoredNetwork network(
      NetworkWeights weights, String prefix, int last, boolean diffusers) {
    return new StoredNetwork(
        weights, prefix, "Stable Diffusion 3 transformer", name -> places(name, last), diffusers);
  }

  private static int layers(StoredNetwork network) {
    return network.blocks("(?:joint_blocks|transformer_blocks)\\.(\\d+)\\.");
  }

  /** Returns the places of a weight, as if no block was the last. */
  @Override
  public List<Place> places(String name) {
    return places(name, -1);
  }

  /**
   * Returns the places of a weight.
   *
   * @param last the index of the last block
   */
  private static List<Place> places(String name, int last) {
    Matcher block = IN_BLOCK.matcher(name);
    if (block.matches()) {
      Place place = INNER.getOrDefault(block.group(2), Place.whole(block.group(2)));
      boolean swapped =
          block.group(1).equals(String.valueOf(last))
              && block.group(2).equals("norm1_context.linear");
      String stored =
          "joint_blocks.%s.%s.%s".formatted(block.group(1), place.name(), block.group(3));
      return List.of(
          new Place(stored, swapped ? Cut.HALVES_SWAPPED : place.cut()), Place.whole(name));
    }
    if (OUTER.containsKey(name)) {
      return List.of(Place.whole(OUTER.get(name)), Place.whole(name));
    }
    int end = name.lastIndexOf('.');
    String module = name.substring(0, end);
    return List.of(
        new Place(
            OUTER.getOrDefault(module, module) + name.substring(end),
            module.equals("norm_out.linear") ? Cut.HALVES_SWAPPED : Cut.WHOLE),
        Place.whole(name));
  }

  @Override
  public String contextReader() {
    return "context_embedder.weight";
  }

  @Override
  public Map<String, List<Long>> wanted(StoredNetwork network, JsonNode settings) {
    String bias = BLOCK + "0.attn.to_q.bias";
    int width = (int) network.common(0, "context_embedder.bias", bias, "pos_embed.proj.bias");
    int layers =
        Math.max(
            Math.max(ModelSettings.blocks(settings, "num_layers", network.weights().path()), 1),
            layers(network));
    boolean normed = network.has(BLOCK + "0.attn.norm_q.weight");
    int head = normed ? (int) network.common(0, BLOCK + "0.attn.norm_q.weight") : width;
    List<Integer> dual =
        IntStream.range(0, layers)
            .filter(i -> network.has(BLOCK + i + ".attn2.to_q.bias"))
            .boxed()
            .toList();
    return new Sd3Config(
            (int) network.common(1, "pos_embed.proj.weight"),
            width,
            Math.max(1, width / head),
            layers,
            (int) network.common(1, "context_embedder.weight"),
            (int) network.common(1, "time_text_embed.text_embedder.linear_1.weight"),
            (int) Math.round(Math.sqrt((double) network.common(1, "pos_embed.pos_embed"))),
            dual,
            normed)
        .weights();
  }
}
