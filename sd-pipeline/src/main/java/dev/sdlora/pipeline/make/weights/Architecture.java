package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.model.ModelFamily;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Kinds of networks as GGUF files name them, and the layers that stay in 16 bits or more in
 * quantised files: those that ComfyUI-GGUF's tools leave, with the names of the original code or of
 * diffusers.
 */
enum Architecture {
  /** FLUX.1, FLUX.2 and Chroma. */
  FLUX("flux", Optional.of(ModelFamily.FLUX2)),
  /** Lumina-Image 2 and Z-Image. */
  LUMINA2("lumina2", Optional.of(ModelFamily.Z_IMAGE)),
  /** Stable Diffusion 3. */
  SD3("sd3"),
  /** The U-Net of SDXL. */
  SDXL("sdxl"),
  /** The U-Nets of SD 1.x and 2.x. */
  SD1("sd1"),
  /** Qwen3 as a text encoder. */
  QWEN3("qwen3"),
  /** T5 as a text encoder. */
  T5("t5encoder"),
  /** CLIP as a text encoder, for which GGUF has no name. */
  CLIP("");

  /** The last layer in diffusers' names; blocks of FLUX.1 have one of this name as well. */
  private static final String LAST = "proj_out.weight";

  private final String label;
  private final Optional<ModelFamily> distilled;

  Architecture(String label) {
    this(label, Optional.empty());
  }

  Architecture(String label, Optional<ModelFamily> distilled) {
    this.label = label;
    this.distilled = distilled;
  }

  /** Returns the family whose names show whether such a model is distilled; empty if none do. */
  Optional<ModelFamily> distilled() {
    return distilled;
  }

  /** Returns parts of names that only this network has, if it comes first. */
  private List<String> signs() {
    return switch (this) {
      case FLUX ->
          List.of(
              "double_blocks.0.", "single_transformer_blocks.0.", "double_stream_modulation_img.");
      case LUMINA2 -> List.of("cap_embedder.");
      case SD3 -> List.of("joint_blocks.0.", "pos_embed.pos_embed");
      case SDXL -> List.of("label_emb.0.0.weight", "add_embedding.linear_1.weight");
      case SD1 -> List.of("time_embed.0.weight", "time_embedding.linear_1.weight");
      case QWEN3 -> List.of("layers.0.self_attn.q_norm.weight", "blk.0.attn_q_norm.weight");
      case T5 -> List.of("block.0.layer.0.SelfAttention.q.weight", "enc.blk.0.attn_q.weight");
      case CLIP -> List.of("text_model.encoder.layers.0.", "transformer.resblocks.0.");
    };
  }

  /** Returns parts of the names of layers that are not quantised. */
  private List<String> wide() {
    return switch (this) {
      case FLUX ->
          List.of(
              "img_in.",
              "txt_in.",
              "time_in.",
              "vector_in.",
              "guidance_in.",
              "final_layer.",
              "distilled_guidance_layer.",
              "x_embedder.",
              "context_embedder.",
              "time_guidance_embed.",
              "time_text_embed.",
              "norm_out.");
      case LUMINA2 ->
          List.of(
              "t_embedder.",
              "x_embedder.",
              "all_x_embedder.",
              "cap_embedder.",
              "final_layer.",
              "all_final_layer.",
              "noise_refiner.",
              "context_refiner.");
      case SD3 ->
          List.of(
              "final_layer.",
              "time_text_embed.",
              "context_embedder.",
              "t_embedder.",
              "y_embedder.",
              "x_embedder.",
              "pos_embed",
              "norm_out.");
      case SDXL, SD1 ->
          List.of(
              "class_embedding.",
              "time_embedding.",
              "add_embedding.",
              "time_embed.",
              "label_emb.",
              "conv_in.",
              "conv_out.",
              "input_blocks.0.0.weight",
              "out.2.weight");
      case QWEN3 -> List.of();
      case T5 -> List.of("attn_rel_b.", "relative_attention_bias.");
      case CLIP -> List.of("embedding", "text_projection");
    };
  }

  /** Returns the network that tensors belong to; the denoiser if there are several. */
  static Optional<Architecture> of(Collection<String> names) {
    return Arrays.stream(values())
        .filter(each -> each.signs().stream().anyMatch(sign -> names.stream().anyMatch(has(sign))))
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
    return name.equals(LAST) || wide().stream().anyMatch(part -> has(part).test(name));
  }

  /** Whether kernels are flattened in GGUF files. */
  boolean isUNet() {
    return this == SD1 || this == SDXL;
  }

  /** Whether names are those of diffusers, which no reader of GGUF files knows for this network. */
  boolean isDiffusers(Collection<String> names) {
    List<String> own =
        switch (this) {
          case FLUX, SD3 -> List.of("transformer_blocks.0.", "single_transformer_blocks.0.");
          case LUMINA2 -> List.of("all_x_embedder.", "layers.0.attention.to_q.");
          default -> List.of();
        };
    return own.stream().anyMatch(part -> names.stream().anyMatch(has(part)));
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
