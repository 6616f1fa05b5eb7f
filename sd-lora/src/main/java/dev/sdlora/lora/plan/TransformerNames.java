package dev.sdlora.lora.plan;

import static dev.sdlora.lora.plan.TransformerRule.each;
import static dev.sdlora.lora.plan.TransformerRule.rule;
import static dev.sdlora.lora.plan.TransformerRule.swapped;

import dev.sdlora.api.model.ModelFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The families of diffusion transformers. Their layers have diffusers' names; each family's table
 * lists the names of its authors' code and of single files.
 */
public final class TransformerNames {
  private static final List<TransformerRule> JOINT_ATTENTION =
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

  /** FLUX.2: the names of Black Forest Labs. */
  public static final TransformerNames FLUX2 =
      new TransformerNames(
          JOINT_ATTENTION.stream(),
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

  private static final List<TransformerRule> FLUX1_BLOCKS =
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

  /** FLUX.1: the names of Black Forest Labs, and those of XLabs' LoRAs. */
  public static final TransformerNames FLUX1 =
      new TransformerNames(
          JOINT_ATTENTION.stream(),
          FLUX1_BLOCKS.stream(),
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

  /** Chroma: the names of its authors, which are those of FLUX.1 in the blocks. */
  public static final TransformerNames CHROMA =
      new TransformerNames(
          JOINT_ATTENTION.stream(),
          FLUX1_BLOCKS.stream(),
          Stream.of(
              rule(
                  "distilled_guidance_layer.layers.#.in_layer",
                  "distilled_guidance_layer.layers.#.linear_1"),
              rule(
                  "distilled_guidance_layer.layers.#.out_layer",
                  "distilled_guidance_layer.layers.#.linear_2")));

  /** Z-Image: the names of single files. */
  public static final TransformerNames Z_IMAGE =
      new TransformerNames(
          Stream.of(
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule(
                          "*.#.attention.qkv",
                          "*.#.attention.to_q",
                          "*.#.attention.to_k",
                          "*.#.attention.to_v")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.out", "*.#.attention.to_out.0")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.q_norm", "*.#.attention.norm_q")),
                  each(
                      List.of("layers", "noise_refiner", "context_refiner"),
                      rule("*.#.attention.k_norm", "*.#.attention.norm_k")),
                  Stream.of(
                      rule("x_embedder", "all_x_embedder.2-1"),
                      rule("final_layer.linear", "all_final_layer.2-1.linear"),
                      rule(
                          "final_layer.adaLN_modulation.1",
                          "all_final_layer.2-1.adaLN_modulation.1")))
              .flatMap(rules -> rules));

  /** Stable Diffusion 3 and 3.5: the names of Stability AI. */
  public static final TransformerNames SD3 =
      new TransformerNames(
          Stream.of(
              rule(
                  "joint_blocks.#.x_block.attn.qkv",
                  "transformer_blocks.#.attn.to_q",
                  "transformer_blocks.#.attn.to_k",
                  "transformer_blocks.#.attn.to_v"),
              rule(
                  "joint_blocks.#.context_block.attn.qkv",
                  "transformer_blocks.#.attn.add_q_proj",
                  "transformer_blocks.#.attn.add_k_proj",
                  "transformer_blocks.#.attn.add_v_proj"),
              rule(
                  "joint_blocks.#.x_block.attn2.qkv",
                  "transformer_blocks.#.attn2.to_q",
                  "transformer_blocks.#.attn2.to_k",
                  "transformer_blocks.#.attn2.to_v"),
              rule("joint_blocks.#.x_block.attn.proj", "transformer_blocks.#.attn.to_out.0"),
              rule(
                  "joint_blocks.#.context_block.attn.proj", "transformer_blocks.#.attn.to_add_out"),
              rule("joint_blocks.#.x_block.attn2.proj", "transformer_blocks.#.attn2.to_out.0"),
              rule("joint_blocks.#.x_block.attn.ln_q", "transformer_blocks.#.attn.norm_q"),
              rule("joint_blocks.#.x_block.attn.ln_k", "transformer_blocks.#.attn.norm_k"),
              rule(
                  "joint_blocks.#.context_block.attn.ln_q",
                  "transformer_blocks.#.attn.norm_added_q"),
              rule(
                  "joint_blocks.#.context_block.attn.ln_k",
                  "transformer_blocks.#.attn.norm_added_k"),
              rule("joint_blocks.#.x_block.attn2.ln_q", "transformer_blocks.#.attn2.norm_q"),
              rule("joint_blocks.#.x_block.attn2.ln_k", "transformer_blocks.#.attn2.norm_k"),
              rule("joint_blocks.#.x_block.mlp.fc1", "transformer_blocks.#.ff.net.0.proj"),
              rule("joint_blocks.#.x_block.mlp.fc2", "transformer_blocks.#.ff.net.2"),
              rule(
                  "joint_blocks.#.context_block.mlp.fc1",
                  "transformer_blocks.#.ff_context.net.0.proj"),
              rule("joint_blocks.#.context_block.mlp.fc2", "transformer_blocks.#.ff_context.net.2"),
              rule(
                  "joint_blocks.#.x_block.adaLN_modulation.1", "transformer_blocks.#.norm1.linear"),
              // The last block has only a shift and a scale, in the other order in diffusers.
              swapped(
                  "joint_blocks.#.context_block.adaLN_modulation.1",
                  "transformer_blocks.#.norm1_context.linear"),
              rule("x_embedder.proj", "pos_embed.proj"),
              rule("t_embedder.mlp.0", "time_text_embed.timestep_embedder.linear_1"),
              rule("t_embedder.mlp.2", "time_text_embed.timestep_embedder.linear_2"),
              rule("y_embedder.mlp.0", "time_text_embed.text_embedder.linear_1"),
              rule("y_embedder.mlp.2", "time_text_embed.text_embedder.linear_2"),
              rule("final_layer.linear", "proj_out"),
              swapped("final_layer.adaLN_modulation.1", "norm_out.linear")));

  private final List<TransformerRule> rules;

  @SafeVarargs
  private TransformerNames(Stream<TransformerRule>... rules) {
    List<TransformerRule> all = new ArrayList<>();
    for (Stream<TransformerRule> some : rules) {
      some.forEach(all::add);
    }
    this.rules = List.copyOf(all);
  }

  /** The names of a family; empty if its denoiser is no transformer. */
  public static Optional<TransformerNames> of(ModelFamily family) {
    return switch (family) {
      case FLUX2 -> Optional.of(FLUX2);
      case Z_IMAGE -> Optional.of(Z_IMAGE);
      case FLUX1 -> Optional.of(FLUX1);
      case CHROMA -> Optional.of(CHROMA);
      case SD3 -> Optional.of(SD3);
      case SD1, SD2, SDXL, SDXL_REFINER, UNKNOWN -> Optional.empty();
    };
  }

  /**
   * The name in other code for a layer, with all layers that have this name together; empty if it
   * is the layer's own.
   *
   * @param layer its name in diffusers
   */
  public Optional<TransformerRule> other(String layer) {
    return rules.stream().flatMap(rule -> rule.with(layer).stream()).findFirst();
  }

  /** The names in other code. */
  List<TransformerRule> rules() {
    return rules;
  }
}
