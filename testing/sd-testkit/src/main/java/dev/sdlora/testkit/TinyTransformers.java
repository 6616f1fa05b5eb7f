package dev.sdlora.testkit;

import java.nio.file.Path;
import java.util.List;

/**
 * Small models of FLUX.2 klein and Z-Image, written on first use, once per process; {@code
 * README.md} in the folder {@code transformers} describes how they were made.
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

  /** The folder of {@link #KLEIN_LORAS}. */
  public static Path kleinLoras() {
    return KleinLoras.FOLDER;
  }

  /** The folder of {@link #Z_IMAGE_LORAS}. */
  public static Path zImageLoras() {
    return ZImageLoras.FOLDER;
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

  private static final class KleinLoras {
    static final Path FOLDER = TransformerFolders.loras("flux2", KLEIN_LORAS);
  }

  private static final class ZImageLoras {
    static final Path FOLDER = TransformerFolders.loras("zimage", Z_IMAGE_LORAS);
  }
}
