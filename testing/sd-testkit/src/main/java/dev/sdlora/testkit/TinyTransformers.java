package dev.sdlora.testkit;

import java.nio.file.Path;
import java.util.List;

/**
 * Small models of FLUX.2 klein, Z-Image, FLUX.1, Chroma and Stable Diffusion 3, written on first
 * use, once per process; {@code README.md} in the folder {@code transformers} describes how they
 * were made.
 *
 * <p>The single files lie in ComfyUI's folders next to VAEs and a text encoder for whole prompts,
 * whose table has 151,936 rows. The diffusers folders have the same tensors, but a tokenizer of 259
 * tokens and an encoder of 1,000 rows, and so draw other images of the same prompt.
 */
public final class TinyTransformers {
  /** The LoRAs for klein. */
  public static final List<String> KLEIN_LORAS =
      List.of(
          "lokr_bfl",
          "lokr_simpletuner",
          "lora_aitoolkit",
          "lora_base_model",
          "lora_expanded",
          "lora_kohya",
          "lora_kohya_sparse",
          "lora_outer_bfl",
          "lora_outer_peft",
          "lora_peft");

  /** The LoRAs for Z-Image. */
  public static final List<String> Z_IMAGE_LORAS =
      List.of(
          "lokr_fused",
          "lokr_lycoris",
          "lora_aitoolkit",
          "lora_base_model",
          "lora_default",
          "lora_dot",
          "lora_fused",
          "lora_kohya",
          "lora_kohya2",
          "lora_musubi_comfy",
          "lora_outer",
          "lora_outer_single",
          "lora_peft");

  /** The LoRAs for FLUX.1. */
  public static final List<String> FLUX1_LORAS =
      List.of(
          "dora_onetrainer",
          "lokr_bfl",
          "lokr_simpletuner",
          "lora_aitoolkit",
          "lora_bfl_control",
          "lora_kohya",
          "lora_kohya_split",
          "lora_kohya_te",
          "lora_onetrainer",
          "lora_onetrainer_te",
          "lora_peft",
          "lora_xlabs");

  /** The LoRAs for Stable Diffusion 3.5 Medium. */
  public static final List<String> SD3_LORAS =
      List.of(
          "lokr_simpletuner",
          "lora_base_model",
          "lora_kohya",
          "lora_onetrainer",
          "lora_outer",
          "lora_peft");

  private TinyTransformers() {}

  /** FLUX.2 klein in one file, bfloat16, with the names of Black Forest Labs. */
  public static Path klein() {
    return ComfyUi.FILES.resolve("diffusion_models/flux-2-klein-4b.safetensors");
  }

  /** The same tensors under the name of the base model, which needs guidance. */
  public static Path kleinBase() {
    return ComfyUi.FILES.resolve("diffusion_models/flux-2-klein-base-4b.safetensors");
  }

  /** Z-Image-Turbo in one file, bfloat16, with the names of ComfyUI. */
  public static Path zImageTurbo() {
    return ComfyUi.FILES.resolve("diffusion_models/z_image_turbo_bf16.safetensors");
  }

  /** The same tensors under the name of the base model, which needs guidance. */
  public static Path zImageBase() {
    return ComfyUi.FILES.resolve("diffusion_models/z_image_bf16.safetensors");
  }

  /** FLUX.1 [dev] in one file, float16, with the names of Black Forest Labs. */
  public static Path flux1Dev() {
    return ComfyUi.FILES.resolve("diffusion_models/flux1-dev.safetensors");
  }

  /** The same tensors without those of the guidance, as FLUX.1 [schnell]. */
  public static Path flux1Schnell() {
    return ComfyUi.FILES.resolve("diffusion_models/flux1-schnell.safetensors");
  }

  /** Chroma in one file, bfloat16, with the names of its authors. */
  public static Path chroma() {
    return ComfyUi.FILES.resolve("diffusion_models/Chroma1-HD.safetensors");
  }

  /** Stable Diffusion 3 Medium in one file with text encoders and VAE, float16. */
  public static Path sd3Medium() {
    return ComfyUi.FILES.resolve("checkpoints/sd3_medium_incl_clips_t5xxlfp16.safetensors");
  }

  /** The same file without T5. */
  public static Path sd3MediumWithoutT5() {
    return ComfyUi.FILES.resolve("checkpoints/sd3_medium_incl_clips.safetensors");
  }

  /** Stable Diffusion 3.5 Medium in one file without text encoders, float16. */
  public static Path sd35Medium() {
    return ComfyUi.FILES.resolve("diffusion_models/sd3.5_medium.safetensors");
  }

  /** The text encoder of the single files, bfloat16, with a table of 151,936 rows. */
  public static Path textEncoder() {
    return ComfyUi.FILES.resolve("text_encoders/qwen_3_4b.safetensors");
  }

  /** klein as diffusers writes it. */
  public static Path kleinFolder() {
    return Klein.FOLDER;
  }

  /** Z-Image-Turbo as diffusers writes it. */
  public static Path zImageFolder() {
    return ZImage.FOLDER;
  }

  /** FLUX.1 [dev] as diffusers writes it. */
  public static Path flux1Folder() {
    return Flux1.FOLDER;
  }

  /** Chroma as diffusers writes it. */
  public static Path chromaFolder() {
    return Chroma.FOLDER;
  }

  /** Stable Diffusion 3.5 Medium as diffusers writes it. */
  public static Path sd35Folder() {
    return Sd35.FOLDER;
  }

  /** The folder of {@link #SD3_LORAS}. */
  public static Path sd3Loras() {
    return Sd3Loras.FOLDER;
  }

  /** The folder of {@link #KLEIN_LORAS}. */
  public static Path kleinLoras() {
    return KleinLoras.FOLDER;
  }

  /** The folder of {@link #Z_IMAGE_LORAS}. */
  public static Path zImageLoras() {
    return ZImageLoras.FOLDER;
  }

  /** The folder of {@link #FLUX1_LORAS}. */
  public static Path flux1Loras() {
    return Flux1Loras.FOLDER;
  }

  private static final class ComfyUi {
    static final Path FILES = TransformerFolders.comfyUi();
  }

  private static final class Klein {
    static final Path FOLDER = TransformerFolders.klein();
  }

  private static final class ZImage {
    static final Path FOLDER = TransformerFolders.zImage();
  }

  private static final class Flux1 {
    static final Path FOLDER = TransformerFolders.flux1();
  }

  private static final class Chroma {
    static final Path FOLDER = TransformerFolders.chroma();
  }

  private static final class Sd35 {
    static final Path FOLDER = TransformerFolders.sd35();
  }

  private static final class Sd3Loras {
    static final Path FOLDER = TransformerFolders.loras("sd3", SD3_LORAS);
  }

  private static final class Flux1Loras {
    static final Path FOLDER = TransformerFolders.loras("flux1", FLUX1_LORAS);
  }

  private static final class KleinLoras {
    static final Path FOLDER = TransformerFolders.loras("flux2", KLEIN_LORAS);
  }

  private static final class ZImageLoras {
    static final Path FOLDER = TransformerFolders.loras("zimage", Z_IMAGE_LORAS);
  }
}
