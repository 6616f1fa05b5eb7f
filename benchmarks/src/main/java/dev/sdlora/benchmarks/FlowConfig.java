package dev.sdlora.benchmarks;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.checkpoint.TransformerModel;
import dev.sdlora.pipeline.checkpoint.transformer.TransformerFamily;
import dev.sdlora.pipeline.network.LatentFormat;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.transformer.Flux2Config;
import dev.sdlora.pipeline.transformer.Qwen3Config;
import dev.sdlora.pipeline.transformer.TransformerConfig;
import dev.sdlora.pipeline.transformer.ZImageConfig;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The dimensions of a model with a diffusion transformer.
 *
 * @param family the family
 * @param transformer the denoiser
 * @param textEncoder Qwen3
 * @param vae the autoencoder
 */
record FlowConfig(
    TransformerFamily family,
    TransformerConfig transformer,
    Qwen3Config textEncoder,
    VaeConfig vae) {
  private static final int VOCABULARY = 151_936;
  private static final int HEAD = 128;

  /** FLUX.2 klein 4B. */
  static final FlowConfig KLEIN =
      new FlowConfig(
          TransformerFamily.FLUX2,
          klein(24, 2560, 5, 20),
          qwen(2560, 36),
          flux2Vae(128, 256, 512, 512));

  /** Z-Image. */
  static final FlowConfig Z_IMAGE =
      new FlowConfig(
          TransformerFamily.Z_IMAGE,
          zImage(30, 2560, 2, 30),
          qwen(2560, 36),
          fluxVae(128, 256, 512, 512));

  /** A tiny FLUX.2 for quick runs; its text encoder has Qwen3's vocabulary. */
  static final FlowConfig TINY_FLUX2 =
      new FlowConfig(
          TransformerFamily.FLUX2,
          new Flux2Config(128, 64, 2, 1, 2, 3 * 32, 192, 256, List.of(8, 8, 8, 8), 2000),
          new Qwen3Config(32, 4, 2, 16, 64, 4, VOCABULARY, Qwen3Config.THETA),
          flux2Vae(32, 32, 64, 64));

  /** A tiny Z-Image. */
  static final FlowConfig TINY_Z_IMAGE =
      new FlowConfig(
          TransformerFamily.Z_IMAGE,
          new ZImageConfig(
              16, 64, 2, 128, 32, 32, 64, 1, 2, List.of(8, 12, 12), ZImageConfig.THETA),
          TINY_FLUX2.textEncoder,
          fluxVae(32, 32, 64, 64));

  /** Returns the dimensions of a checkpoint. */
  static FlowConfig of(TransformerModel model) {
    return new FlowConfig(
        model.checkpoint().family() == ModelFamily.FLUX2
            ? TransformerFamily.FLUX2
            : TransformerFamily.Z_IMAGE,
        model.transformer().config(),
        model.qwen().encoder().config(),
        model.vae().config());
  }

  /**
   * Returns the full-size model of a family, by its number on the command line: 4 for FLUX.2 klein
   * and 6 for Z-Image, their billions of parameters.
   */
  static Optional<FlowConfig> numbered(int number) {
    return switch (number) {
      case 4 -> Optional.of(KLEIN);
      case 6 -> Optional.of(Z_IMAGE);
      default -> Optional.empty();
    };
  }

  /**
   * Returns a model with at most this many blocks of each kind. It is narrower by a head, because
   * readers expect all blocks of a transformer of full width, and all layers of a text encoder.
   */
  FlowConfig withBlocks(int blocks) {
    return new FlowConfig(
        family,
        first(
            family == TransformerFamily.FLUX2 ? klein(23, 2432, 5, 20) : zImage(29, 2432, 2, 30),
            blocks),
        qwen(2432, Math.max(4, Math.min(blocks, 36))),
        vae);
  }

  /** Returns a transformer without the blocks after the first ones of each kind. */
  static TransformerConfig first(TransformerConfig config, int blocks) {
    if (config instanceof Flux2Config all) {
      return new Flux2Config(
          all.channels(),
          all.width(),
          all.heads(),
          Math.min(blocks, all.doubleBlocks()),
          Math.min(blocks, all.singleBlocks()),
          all.contextWidth(),
          all.inner(),
          all.timeWidth(),
          all.axes(),
          all.theta());
    }
    ZImageConfig all = (ZImageConfig) config;
    return new ZImageConfig(
        all.channels(),
        all.width(),
        all.heads(),
        all.inner(),
        all.contextWidth(),
        all.timeWidth(),
        all.timeInner(),
        Math.min(blocks, all.refiners()),
        Math.min(blocks, all.layers()),
        all.axes(),
        all.theta());
  }

  /** The name in figures. */
  String title() {
    FlowConfig full = family == TransformerFamily.FLUX2 ? KLEIN : Z_IMAGE;
    return (transformer.equals(full.transformer) ? "" : "small ") + name().label();
  }

  private ModelFamily name() {
    return family == TransformerFamily.FLUX2 ? ModelFamily.FLUX2 : ModelFamily.Z_IMAGE;
  }

  private static Flux2Config klein(int heads, int textWidth, int doubles, int singles) {
    int width = HEAD * heads;
    return new Flux2Config(
        128,
        width,
        heads,
        doubles,
        singles,
        3 * textWidth,
        3 * width,
        256,
        List.of(32, 32, 32, 32),
        2000);
  }

  private static ZImageConfig zImage(int heads, int textWidth, int refiners, int layers) {
    return new ZImageConfig(
        16,
        HEAD * heads,
        heads,
        10_240,
        textWidth,
        256,
        1024,
        refiners,
        layers,
        List.of(32, 48, 48),
        ZImageConfig.THETA);
  }

  private static Qwen3Config qwen(int width, int layers) {
    return new Qwen3Config(width, 32, 8, HEAD, 9728, layers, VOCABULARY, Qwen3Config.THETA);
  }

  private static VaeConfig flux2Vae(Integer... channels) {
    float[] ones = new float[128];
    Arrays.fill(ones, 1);
    return new VaeConfig(
        List.of(channels),
        channels[0] < 128 ? 1 : 2,
        32,
        LatentFormat.normalisedBy(new float[128], ones));
  }

  private static VaeConfig fluxVae(Integer... channels) {
    LatentFormat format = new LatentFormat(0.3611, Collections.nCopies(16, 0.1159), List.of());
    return new VaeConfig(List.of(channels), channels[0] < 128 ? 1 : 2, 16, format)
        .withoutQuantConvs();
  }
}
