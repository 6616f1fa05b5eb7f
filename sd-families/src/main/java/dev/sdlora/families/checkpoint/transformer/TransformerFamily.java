package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.network.vae.VaeConfig;
import java.util.List;
import java.util.function.UnaryOperator;

/** Families of diffusion transformers that this library runs. */
public enum TransformerFamily {
  /** FLUX.2 klein with 4 billion parameters, distilled or base. */
  FLUX2("FLUX.2 klein 4B", 32, 3, 27),
  /** Z-Image, the distilled Turbo or base. */
  Z_IMAGE("Z-Image", 16, 1, 35),
  /** FLUX.1: dev, schnell and models trained from them. */
  FLUX1("FLUX.1", 16, 1, 0),
  /** Chroma. */
  CHROMA("Chroma", 16, 1, 0),
  /** Stable Diffusion 3 Medium and 3.5 Large, Large Turbo and Medium. */
  SD3("Stable Diffusion 3", 16, 1, 0);

  private static final String SD3_ENCODERS = "Comfy-Org/stable-diffusion-3.5-fp8";

  private final String label;
  private final int latentChannels;
  private final int states;
  private final int encoderLayers;

  TransformerFamily(String label, int latentChannels, int states, int encoderLayers) {
    this.label = label;
    this.latentChannels = latentChannels;
    this.states = states;
    this.encoderLayers = encoderLayers;
  }

  /**
   * The file that most people use for a part.
   *
   * @param file the file name
   * @param repository its repository on Hugging Face
   */
  public record Usual(String file, String repository) {}

  /** Returns the name for display, such as {@code Z-Image}. */
  public String label() {
    return label;
  }

  /** Returns the channels of the VAE's latents. */
  int latentChannels() {
    return latentChannels;
  }

  /** Returns the tensors of its transformer. */
  DenoiserTensors denoiser() {
    return switch (this) {
      case FLUX2 -> new Flux2Tensors();
      case Z_IMAGE -> new ZImageTensors();
      case FLUX1 -> new Flux1Tensors(false);
      case CHROMA -> new Flux1Tensors(true);
      case SD3 -> new Sd3Tensors();
    };
  }

  /** Whether its VAE has statistics by which latents are normalised. */
  boolean normalisesLatents() {
    return this == FLUX2;
  }

  /** Returns its text encoders, in the order of diffusers' folders. */
  public List<TextEncoderKind> textEncoders() {
    return switch (this) {
      case FLUX2, Z_IMAGE -> List.of(TextEncoderKind.QWEN3);
      case FLUX1 -> List.of(TextEncoderKind.CLIP_L, TextEncoderKind.T5);
      case CHROMA -> List.of(TextEncoderKind.T5);
      case SD3 -> List.of(TextEncoderKind.CLIP_L, TextEncoderKind.CLIP_G, TextEncoderKind.T5);
    };
  }

  /** Whether its models also draw without one of its text encoders. */
  boolean drawsWithout(TextEncoderKind kind) {
    return this == SD3 && kind == TextEncoderKind.T5;
  }

  /** Returns the number of Qwen3's states that the transformer reads side by side. */
  int states() {
    return states;
  }

  /** Returns the number of the full-size Qwen3's layers that are read, of 36. */
  int encoderLayers() {
    return encoderLayers;
  }

  /** Returns the usual file of its first text encoder. */
  public Usual textEncoder() {
    return textEncoder(textEncoders().get(0));
  }

  /** Returns the usual file of a text encoder. */
  Usual textEncoder(TextEncoderKind kind) {
    return new Usual(
        kind.files().get(0),
        switch (this) {
          case FLUX2 -> "Comfy-Org/vae-text-encorder-for-flux-klein-4b";
          case Z_IMAGE -> "Comfy-Org/z_image_turbo";
          case FLUX1, CHROMA -> T5Tensors.REPOSITORY;
          case SD3 -> SD3_ENCODERS;
        });
  }

  /** Returns the usual file of its VAE. */
  public Usual vae() {
    return switch (this) {
      case FLUX2 ->
          new Usual("flux2-vae.safetensors", "Comfy-Org/vae-text-encorder-for-flux-klein-4b");
      case SD3 ->
          new Usual(
              "diffusion_pytorch_model.safetensors",
              "stabilityai/stable-diffusion-3.5-medium (folder vae)");
      case Z_IMAGE, FLUX1, CHROMA -> new Usual("ae.safetensors", "Comfy-Org/z_image_turbo");
    };
  }

  /** Returns the file names of its VAE in ComfyUI's folder, the usual one first. */
  List<String> vaes() {
    return switch (this) {
      case FLUX2 -> List.of(vae().file(), "flux2_ae.safetensors");
      case SD3 -> List.of("sd3_vae.safetensors", "sd3.5_vae.safetensors");
      case Z_IMAGE, FLUX1, CHROMA -> List.of(vae().file(), "flux_ae.safetensors");
    };
  }

  /**
   * Returns the names of the transformer's weights in single files, for programs that write them.
   * Weights that a file stacks in one tensor have the same name, and their rows follow in the order
   * of the configuration. FLUX.2's files have the halves of {@code norm_out.linear} swapped.
   */
  public UnaryOperator<String> transformerFileNames() {
    return name -> denoiser().places(name).get(0).name();
  }

  /** Returns the names of a VAE's weights in single files. */
  public static UnaryOperator<String> vaeFileNames(VaeConfig config) {
    return name -> VaeTensors.places(name, config.levels()).get(0).name();
  }
}
