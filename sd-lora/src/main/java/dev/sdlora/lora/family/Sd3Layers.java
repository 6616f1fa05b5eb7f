package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.TransformerRule.rule;
import static dev.sdlora.lora.family.TransformerRule.swapped;

import dev.sdlora.api.model.ModelFamily;
import java.util.Optional;
import java.util.stream.Stream;

/** Stable Diffusion 3 and 3.5: the names of Stability AI. */
final class Sd3Layers implements LayerTable {
  private static final TransformerNames NAMES =
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

  @Override
  public ModelFamily family() {
    return ModelFamily.SD3;
  }

  @Override
  public String words() {
    return "(?:stable-diffusion-|sd_?)v?3";
  }

  @Override
  public String baseVersion(boolean velocity) {
    return "sd3-m";
  }

  @Override
  public String architecture(boolean velocity) {
    return "stable-diffusion-3-medium";
  }

  @Override
  public String implementation() {
    return "https://github.com/Stability-AI/sd3.5";
  }

  @Override
  public Optional<TransformerNames> names() {
    return Optional.of(NAMES);
  }
}
