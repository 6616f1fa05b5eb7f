package dev.sdlora.pipeline.make.weights;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Kinds of networks as GGUF files name them, and the layers that stay in 16 bits or more in
 * quantised files: those that ComfyUI-GGUF's tools leave, with the names of the original code or of
 * diffusers.
 */
enum Architecture {
  /** FLUX.1, FLUX.2 and Chroma. */
  FLUX(
      "flux",
      "double_blocks.0. single_transformer_blocks.0. double_stream_modulation_img.",
      "img_in. txt_in. time_in. vector_in. guidance_in. final_layer."
          + " distilled_guidance_layer. x_embedder. context_embedder. time_guidance_embed."
          + " time_text_embed. norm_out.",
      "transformer_blocks.0. single_transformer_blocks.0."),
  /** Lumina-Image 2 and Z-Image. */
  LUMINA2(
      "lumina2",
      "cap_embedder.",
      "t_embedder. x_embedder. all_x_embedder. cap_embedder. final_layer."
          + " all_final_layer. noise_refiner. context_refiner.",
      "all_x_embedder. layers.0.attention.to_q."),
  /** Stable Diffusion 3. */
  SD3(
      "sd3",
      "joint_blocks.0. pos_embed.pos_embed",
      "final_layer. time_text_embed. context_embedder. t_embedder. y_embedder."
          + " x_embedder. pos_embed norm_out.",
      "transformer_blocks.0. single_transformer_blocks.0."),
  /** The U-Net of SDXL. */
  SDXL("sdxl", "label_emb.0.0.weight add_embedding.linear_1.weight", Parts.OF_UNET, ""),
  /** The U-Nets of SD 1.x and 2.x. */
  SD1("sd1", "time_embed.0.weight time_embedding.linear_1.weight", Parts.OF_UNET, ""),
  /** Qwen3 as a text encoder. */
  QWEN3("qwen3", "layers.0.self_attn.q_norm.weight blk.0.attn_q_norm.weight", "", ""),
  /** T5 as a text encoder. */
  T5(
      "t5encoder",
      "block.0.layer.0.SelfAttention.q.weight enc.blk.0.attn_q.weight",
      "attn_rel_b. relative_attention_bias.",
      ""),
  /** CLIP as a text encoder, for which GGUF has no name. */
  CLIP(
      "", "text_model.encoder.layers.0. transformer.resblocks.0.", "embedding text_projection", "");

  /** The parts of names that SDXL and other U-Nets share. */
  private static final class Parts {
    static final String OF_UNET =
        "class_embedding. time_embedding. add_embedding. time_embed. label_emb."
            + " conv_in. conv_out. input_blocks.0.0.weight out.2.weight";
  }

  /** The last layer in diffusers' names; blocks of FLUX.1 have one of this name as well. */
  private static final String LAST = "proj_out.weight";

  private final String label;
  private final String signs;
  private final String wide;
  private final String diffusers;

  /**
   * Creates a row. Parts of names are separated by blanks.
   *
   * @param label the value of {@code general.architecture}
   * @param signs parts of names that only this network has, if it comes first
   * @param wide parts of the names of layers that are not quantised
   * @param diffusers parts of names that only diffusers gives, which no reader of GGUF files knows
   */
  Architecture(String label, String signs, String wide, String diffusers) {
    this.label = label;
    this.signs = signs;
    this.wide = wide;
    this.diffusers = diffusers;
  }

  private static Stream<String> parts(String text) {
    return Stream.of(text.split(" ")).filter(part -> !part.isEmpty());
  }

  /** Returns the network that tensors belong to; the denoiser if there are several. */
  static Optional<Architecture> of(Collection<String> names) {
    return Arrays.stream(values())
        .filter(each -> parts(each.signs).anyMatch(sign -> names.stream().anyMatch(has(sign))))
        .findFirst();
  }

  /** Whether a name has this part, at its beginning or after a dot. */
  private static Predicate<String> has(String part) {
    return name -> name.startsWith(part) || name.contains("." + part);
  }

  /** Returns the value of {@code general.architecture}; empty if there is none. */
  String label() {
    return label;
  }

  /**
   * Whether a layer stays in 16 bits or more.
   *
   * @param name the name of its weight, without a prefix
   */
  boolean keepsWide(String name) {
    return name.equals(LAST) || parts(wide).anyMatch(part -> has(part).test(name));
  }

  /** Whether kernels are flattened in GGUF files. */
  boolean isUNet() {
    return this == SD1 || this == SDXL;
  }

  /** Whether names are those of diffusers, which no reader of GGUF files knows for this network. */
  boolean isDiffusers(Collection<String> names) {
    return parts(diffusers).anyMatch(part -> names.stream().anyMatch(has(part)));
  }

  /** Whether tensors are those of a LoRA, whose names contain those of layers. */
  static boolean isLora(Collection<String> names) {
    return names.stream()
        .anyMatch(
            name ->
                name.contains("lora_")
                    || name.contains(".lora.")
                    || name.contains(".lokr_")
                    || name.contains(".hada_"));
  }
}
