package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.LayerSign.matching;
import static dev.sdlora.lora.family.LayerSign.sized;
import static dev.sdlora.lora.family.TransformerRule.rule;
import static dev.sdlora.lora.family.TransformerRule.swapped;

import dev.sdlora.api.model.ModelFamily;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** FLUX.2: the names of Black Forest Labs. */
final class Flux2Layers implements SignedTable {
  private static final TransformerNames NAMES =
      new TransformerNames(
          Flux1Layers.JOINT_ATTENTION.stream(),
          Stream.of(
              rule("double_blocks.#.img_mlp.0", "transformer_blocks.#.ff.linear_in"),
              rule("double_blocks.#.img_mlp.2", "transformer_blocks.#.ff.linear_out"),
              rule("double_blocks.#.txt_mlp.0", "transformer_blocks.#.ff_context.linear_in"),
              rule("double_blocks.#.txt_mlp.2", "transformer_blocks.#.ff_context.linear_out"),
              rule("single_blocks.#.linear1", "single_transformer_blocks.#.attn.to_qkv_mlp_proj"),
              rule("single_blocks.#.linear2", "single_transformer_blocks.#.attn.to_out"),
              rule("single_blocks.#.norm.query_norm", "single_transformer_blocks.#.attn.norm_q"),
              rule("single_blocks.#.norm.key_norm", "single_transformer_blocks.#.attn.norm_k"),
              rule("img_in", "x_embedder"),
              rule("txt_in", "context_embedder"),
              rule("time_in.in_layer", "time_guidance_embed.timestep_embedder.linear_1"),
              rule("time_in.out_layer", "time_guidance_embed.timestep_embedder.linear_2"),
              rule("guidance_in.in_layer", "time_guidance_embed.guidance_embedder.linear_1"),
              rule("guidance_in.out_layer", "time_guidance_embed.guidance_embedder.linear_2"),
              rule("double_stream_modulation_img.lin", "double_stream_modulation_img.linear"),
              rule("double_stream_modulation_txt.lin", "double_stream_modulation_txt.linear"),
              rule("single_stream_modulation.lin", "single_stream_modulation.linear"),
              rule("final_layer.linear", "proj_out"),
              // Shift and scale in the authors' code, scale and shift in diffusers'.
              swapped("final_layer.adaLN_modulation.1", "norm_out.linear")));

  /** Modules that only FLUX.2 has. */
  private static final Predicate<LayerName> MODULES =
      matching(
              "(?:double_stream_modulation_(?:img|txt)|single_stream_modulation)[._]lin(?:ear)?"
                  + "|time_guidance_embed[._].*"
                  + "|(?:tran)?sformer_blocks[._]\\d+[._]ff(?:_context)?[._]linear_(?:in|out)"
                  + "|single_transformer_blocks[._]\\d+[._]attn[._]to_(?:qkv_mlp_proj|out)")
          .or(sized("double_blocks[._]\\d+[._](?:img|txt)_mlp[._]0", 6, 1))
          .or(sized("double_blocks[._]\\d+[._](?:img|txt)_mlp[._]2", 1, 3))
          .or(sized("single_blocks[._]\\d+[._]linear1", 9, 1))
          .or(sized("single_blocks[._]\\d+[._]linear2", 1, 4));

  @Override
  public ModelFamily family() {
    return ModelFamily.FLUX2;
  }

  @Override
  public LayerSign sign() {
    return new LayerSign(MODULES);
  }

  @Override
  public String words() {
    return "flux[\\W_]?2|klein";
  }

  @Override
  public String baseVersion(boolean velocity) {
    return "Flux.2-klein-4b";
  }

  @Override
  public String architecture(boolean velocity) {
    return "Flux.2-klein-4b";
  }

  @Override
  public String implementation() {
    return "https://github.com/black-forest-labs/flux2";
  }

  @Override
  public Optional<TransformerNames> names() {
    return Optional.of(NAMES);
  }
}
