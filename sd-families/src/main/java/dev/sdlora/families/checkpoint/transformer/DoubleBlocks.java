package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Cut;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import java.util.Map;

/**
 * The modules of double blocks of FLUX.1, Chroma and FLUX.2 in their authors' files, which fuse the
 * query, key and value projections, by their names in diffusers. The families' MLPs and modulations
 * have different names.
 */
public final class DoubleBlocks {
  private static final Map<String, Place> PLACES =
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
          Map.entry("ff_context.net.2", Place.whole("txt_mlp.2")),
          Map.entry("ff.linear_in", Place.whole("img_mlp.0")),
          Map.entry("ff.linear_out", Place.whole("img_mlp.2")),
          Map.entry("ff_context.linear_in", Place.whole("txt_mlp.0")),
          Map.entry("ff_context.linear_out", Place.whole("txt_mlp.2")));

  private DoubleBlocks() {}

  /** Returns the place of a module; the whole tensor of the same name if it is not renamed. */
  public static Place place(String module) {
    return PLACES.getOrDefault(module, Place.whole(module));
  }
}
