package dev.sdlora.benchmarks.model;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import java.util.List;

/**
 * The dimensions of a model.
 *
 * @param family the family
 * @param textEncoders the text encoders
 * @param unet the U-Net
 * @param vae the autoencoder
 */
public record ModelConfig(
    ModelFamily family, List<ClipConfig> textEncoders, UNetConfig unet, VaeConfig vae) {

  /** Stable Diffusion 1.5. */
  public static final ModelConfig SD15 =
      new ModelConfig(
          ModelFamily.SD1,
          List.of(new ClipConfig(768, 12, 12, 3072, 49408, 77)),
          new UNetConfig(
              4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false),
          vae(0.18215));

  /** Stable Diffusion 2.1, whose text encoder has an unused last layer. */
  static final ModelConfig SD21 =
      new ModelConfig(
          ModelFamily.SD2,
          List.of(
              new ClipConfig(
                  1024,
                  24,
                  16,
                  4096,
                  49408,
                  77,
                  ClipConfig.Kind.OPEN_CLIP,
                  ClipConfig.Reading.LAST,
                  0)),
          new UNetConfig(
              4,
              4,
              List.of(320, 640, 1280, 1280),
              2,
              Transformers.ofLevels(2, List.of(1, 1, 1, 0), 1),
              List.of(5, 10, 20, 20),
              1024,
              true,
              0,
              0),
          vae(0.18215));

  /** Stable Diffusion XL, base. */
  public static final ModelConfig SDXL =
      new ModelConfig(
          ModelFamily.SDXL,
          List.of(
              new ClipConfig(
                  768,
                  12,
                  12,
                  3072,
                  49408,
                  77,
                  ClipConfig.Kind.OPENAI,
                  ClipConfig.Reading.PENULTIMATE,
                  0),
              new ClipConfig(
                  1280,
                  32,
                  20,
                  5120,
                  49408,
                  77,
                  ClipConfig.Kind.OPEN_CLIP,
                  ClipConfig.Reading.PENULTIMATE,
                  1280)),
          new UNetConfig(
              4,
              4,
              List.of(320, 640, 1280),
              2,
              Transformers.ofLevels(2, List.of(0, 2, 10), 10),
              List.of(5, 10, 20),
              2048,
              true,
              2816,
              0),
          vae(0.13025));

  /** A tiny model for quick runs; its text encoder has CLIP's vocabulary. */
  public static final ModelConfig TINY =
      new ModelConfig(
          ModelFamily.SD1,
          List.of(new ClipConfig(32, 2, 4, 64, 49408, 77)),
          new UNetConfig(4, 4, List.of(32, 64), 1, List.of(1, 0), 1, 8, 32, false),
          new VaeConfig(List.of(32, 32, 64, 64), 1, 4, 0.18215));

  /** Copies the list. */
  public ModelConfig {
    textEncoders = List.copyOf(textEncoders);
  }

  /** Returns the dimensions of a checkpoint. */
  public static ModelConfig of(UNetFiles files) {
    return new ModelConfig(
        files.checkpoint().family(),
        files.textEncoders().stream().map(ModelFiles.Part::config).toList(),
        files.unet().config(),
        files.vae().config());
  }

  /**
   * Returns the full-size model with a U-Net of a family, by its number on the command line.
   *
   * @param number 15, 21 or 100 for XL
   * @throws IllegalArgumentException if the number is unknown
   */
  public static ModelConfig numbered(int number) {
    return switch (number) {
      case 15 -> SD15;
      case 21 -> SD21;
      case 100 -> SDXL;
      default ->
          throw new IllegalArgumentException(
              "--model must be 15 (SD 1.5), 21 (SD 2.1), 100 (SDXL), 4 (FLUX.2 klein), 6"
                  + " (Z-Image), 9 (Chroma), 12 (FLUX.1) or 35 (SD 3.5 Medium): "
                  + number);
    };
  }

  /** Returns the name of a checkpoint in figures. */
  public static String title(ModelFiles files) {
    return files instanceof UNetFiles unet
        ? of(unet).title()
        : FlowConfig.of((TransformerModel) files).title();
  }

  /** The name in figures. */
  public String title() {
    if (equals(SD15)) {
      return "SD 1.5";
    }
    if (equals(SD21)) {
      return "SD 2.1";
    }
    return equals(SDXL) ? "SDXL" : "small model";
  }

  private static VaeConfig vae(double latentScale) {
    return new VaeConfig(List.of(128, 256, 512, 512), 2, 4, latentScale);
  }
}
