package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.TransformerRule.rule;
import static dev.sdlora.lora.family.TransformerRule.swapped;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** FLUX.1: the names of Black Forest Labs, and those of XLabs' LoRAs. */
final class Flux1Layers implements LayerTable {
  /** The attention of the blocks with two streams, which FLUX.2 has under the same names. */
  static final List<TransformerRule> JOINT_ATTENTION =
      List.of(
          rule(
              "double_blocks.#.img_attn.qkv",
              "transformer_blocks.#.attn.to_q",
              "transformer_blocks.#.attn.to_k",
              "transformer_blocks.#.attn.to_v"),
          rule(
              "double_blocks.#.txt_attn.qkv",
              "transformer_blocks.#.attn.add_q_proj",
              "transformer_blocks.#.attn.add_k_proj",
              "transformer_blocks.#.attn.add_v_proj"),
          rule("double_blocks.#.img_attn.proj", "transformer_blocks.#.attn.to_out.0"),
          rule("double_blocks.#.txt_attn.proj", "transformer_blocks.#.attn.to_add_out"),
          rule("double_blocks.#.img_attn.norm.query_norm", "transformer_blocks.#.attn.norm_q"),
          rule("double_blocks.#.img_attn.norm.key_norm", "transformer_blocks.#.attn.norm_k"),
          rule(
              "double_blocks.#.txt_attn.norm.query_norm", "transformer_blocks.#.attn.norm_added_q"),
          rule("double_blocks.#.txt_attn.norm.key_norm", "transformer_blocks.#.attn.norm_added_k"));

  /** The other layers of the blocks, and the layers outside of them that Chroma has too. */
  static final List<TransformerRule> BLOCKS =
      List.of(
          rule("double_blocks.#.img_mlp.0", "transformer_blocks.#.ff.net.0.proj"),
          rule("double_blocks.#.img_mlp.2", "transformer_blocks.#.ff.net.2"),
          rule("double_blocks.#.txt_mlp.0", "transformer_blocks.#.ff_context.net.0.proj"),
          rule("double_blocks.#.txt_mlp.2", "transformer_blocks.#.ff_context.net.2"),
          rule(
              "single_blocks.#.linear1",
              "single_transformer_blocks.#.attn.to_q",
              "single_transformer_blocks.#.attn.to_k",
              "single_transformer_blocks.#.attn.to_v",
              "single_transformer_blocks.#.proj_mlp"),
          rule("single_blocks.#.linear2", "single_transformer_blocks.#.proj_out"),
          rule("single_blocks.#.norm.query_norm", "single_transformer_blocks.#.attn.norm_q"),
          rule("single_blocks.#.norm.key_norm", "single_transformer_blocks.#.attn.norm_k"),
          rule("img_in", "x_embedder"),
          rule("txt_in", "context_embedder"),
          rule("final_layer.linear", "proj_out"),
          // LoRAs of the first three layers alone.
          rule(
              "single_blocks.#.linear1_qkv",
              "single_transformer_blocks.#.attn.to_q",
              "single_transformer_blocks.#.attn.to_k",
              "single_transformer_blocks.#.attn.to_v"),
          // XLabs' trainer: 1 is the image, 2 the text.
          rule(
              "double_blocks.#.processor.qkv_lora1",
              "transformer_blocks.#.attn.to_q",
              "transformer_blocks.#.attn.to_k",
              "transformer_blocks.#.attn.to_v"),
          rule(
              "double_blocks.#.processor.qkv_lora2",
              "transformer_blocks.#.attn.add_q_proj",
              "transformer_blocks.#.attn.add_k_proj",
              "transformer_blocks.#.attn.add_v_proj"),
          rule("double_blocks.#.processor.proj_lora1", "transformer_blocks.#.attn.to_out.0"),
          rule("double_blocks.#.processor.proj_lora2", "transformer_blocks.#.attn.to_add_out"),
          rule(
              "single_blocks.#.processor.qkv",
              "single_transformer_blocks.#.attn.to_q",
              "single_transformer_blocks.#.attn.to_k",
              "single_transformer_blocks.#.attn.to_v"),
          rule("single_blocks.#.processor.proj", "single_transformer_blocks.#.proj_out"));

  private static final TransformerNames NAMES =
      new TransformerNames(
          JOINT_ATTENTION.stream(),
          BLOCKS.stream(),
          Stream.of(
              rule("double_blocks.#.img_mod.lin", "transformer_blocks.#.norm1.linear"),
              rule("double_blocks.#.txt_mod.lin", "transformer_blocks.#.norm1_context.linear"),
              rule("single_blocks.#.modulation.lin", "single_transformer_blocks.#.norm.linear"),
              rule("time_in.in_layer", "time_text_embed.timestep_embedder.linear_1"),
              rule("time_in.out_layer", "time_text_embed.timestep_embedder.linear_2"),
              rule("guidance_in.in_layer", "time_text_embed.guidance_embedder.linear_1"),
              rule("guidance_in.out_layer", "time_text_embed.guidance_embedder.linear_2"),
              rule("vector_in.in_layer", "time_text_embed.text_embedder.linear_1"),
              rule("vector_in.out_layer", "time_text_embed.text_embedder.linear_2"),
              // Shift and scale in the authors' code, scale and shift in diffusers'.
              swapped("final_layer.adaLN_modulation.1", "norm_out.linear")));

  @Override
  public ModelFamily family() {
    return ModelFamily.FLUX1;
  }

  @Override
  public String words() {
    return "flux";
  }

  @Override
  public String baseVersion(boolean velocity) {
    return "flux1";
  }

  @Override
  public String architecture(boolean velocity) {
    return "flux-1-dev";
  }

  @Override
  public String implementation() {
    return "https://github.com/black-forest-labs/flux";
  }

  @Override
  public Optional<TransformerNames> names() {
    return Optional.of(NAMES);
  }

  @Override
  public boolean fits(ModelFamily lora) {
    return lora == ModelFamily.FLUX1 || lora == ModelFamily.CHROMA;
  }
}
