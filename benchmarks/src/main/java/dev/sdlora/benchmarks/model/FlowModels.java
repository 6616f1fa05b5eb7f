package dev.sdlora.benchmarks.model;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.chroma.Approximator;
import dev.sdlora.families.flux1.Flux1Config;
import dev.sdlora.families.flux1.Modulation;
import dev.sdlora.families.flux1.OwnLayers;
import dev.sdlora.families.flux2.Flux2Config;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd3.Sd3Config;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.zimage.ZImageConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Published models with diffusion transformers, and tiny ones for quick runs. */
public final class FlowModels {
  private static final int QWEN_VOCABULARY = 151_936;
  private static final int T5_VOCABULARY = 32_128;
  private static final int HEAD = 128;
  private static final int QWEN_WIDTH = 2560;
  private static final int QWEN_LAYERS = 36;

  private static final ClipConfig CLIP_L =
      new ClipConfig(
          768, 12, 12, 3072, 49_408, 77, ClipConfig.Kind.OPENAI, ClipConfig.Reading.END, 0);
  private static final ClipConfig CLIP_G =
      new ClipConfig(
          1280,
          32,
          20,
          5120,
          49_408,
          77,
          ClipConfig.Kind.OPEN_CLIP,
          ClipConfig.Reading.PENULTIMATE,
          1280);
  private static final T5Config T5_XXL = new T5Config(4096, 64, 64, 10_240, 24, T5_VOCABULARY, 32);

  private static final ClipConfig TINY_CLIP_L =
      new ClipConfig(64, 2, 1, 64, 49_408, 77, ClipConfig.Kind.OPENAI, ClipConfig.Reading.END, 0);
  private static final ClipConfig TINY_CLIP_G =
      new ClipConfig(
          32, 2, 4, 64, 49_408, 77, ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.PENULTIMATE, 32);
  private static final T5Config TINY_T5 = new T5Config(96, 2, 16, 64, 2, T5_VOCABULARY, 32);
  private static final Qwen3Config TINY_QWEN =
      new Qwen3Config(32, 4, 2, 16, 64, 4, QWEN_VOCABULARY, Qwen3Config.THETA);

  /** FLUX.2 klein 4B. */
  public static final FlowConfig KLEIN =
      new FlowConfig(
          ModelFamily.FLUX2,
          klein(24, QWEN_WIDTH),
          qwen(QWEN_WIDTH, QWEN_LAYERS),
          flux2Vae(128, 256, 512, 512));

  /** Z-Image. */
  public static final FlowConfig Z_IMAGE =
      new FlowConfig(
          ModelFamily.Z_IMAGE,
          zImage(30, QWEN_WIDTH),
          qwen(QWEN_WIDTH, QWEN_LAYERS),
          fluxVae(128, 256, 512, 512));

  /** FLUX.1 dev. */
  public static final FlowConfig FLUX1 =
      new FlowConfig(
          ModelFamily.FLUX1,
          flux1(new OwnLayers(768, true)),
          new FlowTexts.ClipAndT5(List.of(CLIP_L), T5_XXL),
          fluxVae(128, 256, 512, 512));

  /** Chroma. */
  public static final FlowConfig CHROMA =
      new FlowConfig(
          ModelFamily.CHROMA,
          flux1(new Approximator(64, 5120, 5)),
          new FlowTexts.ClipAndT5(List.of(), T5_XXL),
          fluxVae(128, 256, 512, 512));

  /** Stable Diffusion 3.5 Medium, whose first 13 blocks have a second attention. */
  public static final FlowConfig SD35_MEDIUM =
      new FlowConfig(
          ModelFamily.SD3,
          new Sd3Config(
              16, 1536, 24, 24, 4096, 2048, 384, IntStream.range(0, 13).boxed().toList(), true),
          new FlowTexts.ClipAndT5(List.of(both(CLIP_L), CLIP_G), T5_XXL),
          sd3Vae(128, 256, 512, 512));

  /** A tiny FLUX.2; as in all tiny models, its text encoder has the published vocabulary. */
  public static final FlowConfig TINY_FLUX2 =
      new FlowConfig(
          ModelFamily.FLUX2,
          new Flux2Config(128, 64, 2, 1, 2, 3 * 32, 192, 256, List.of(8, 8, 8, 8), 2000),
          new FlowTexts.Qwen(TINY_QWEN),
          flux2Vae(32, 32, 64, 64));

  /** A tiny Z-Image. */
  public static final FlowConfig TINY_Z_IMAGE =
      new FlowConfig(
          ModelFamily.Z_IMAGE,
          new ZImageConfig(
              16, 64, 2, 128, 32, 32, 64, 1, 2, List.of(8, 12, 12), ZImageConfig.THETA),
          new FlowTexts.Qwen(TINY_QWEN),
          fluxVae(32, 32, 64, 64));

  /** A tiny FLUX.1. */
  public static final FlowConfig TINY_FLUX1 =
      new FlowConfig(
          ModelFamily.FLUX1,
          tinyFlux1(new OwnLayers(64, true)),
          new FlowTexts.ClipAndT5(List.of(TINY_CLIP_L), TINY_T5),
          fluxVae(32, 32, 64, 64));

  /** A tiny Chroma. */
  public static final FlowConfig TINY_CHROMA =
      new FlowConfig(
          ModelFamily.CHROMA,
          tinyFlux1(new Approximator(64, 32, 2)),
          new FlowTexts.ClipAndT5(List.of(), TINY_T5),
          fluxVae(32, 32, 64, 64));

  /** A tiny Stable Diffusion 3.5, whose first block has a second attention. */
  public static final FlowConfig TINY_SD3 =
      new FlowConfig(
          ModelFamily.SD3,
          new Sd3Config(16, 64, 2, 3, 96, 96, 24, List.of(0), true),
          new FlowTexts.ClipAndT5(List.of(both(TINY_CLIP_L), TINY_CLIP_G), TINY_T5),
          sd3Vae(32, 32, 64, 64));

  /** The models by their numbers on the command line: billions of parameters, or versions. */
  private static final Map<Integer, FlowConfig> NUMBERED =
      Map.of(4, KLEIN, 6, Z_IMAGE, 12, FLUX1, 9, CHROMA, 35, SD35_MEDIUM);

  private FlowModels() {}

  /**
   * Returns a model by its number: 4 for FLUX.2 klein, 6 for Z-Image, 12 for FLUX.1 dev, 9 for
   * Chroma, 35 for SD 3.5 Medium.
   */
  public static Optional<FlowConfig> numbered(int number) {
    return Optional.ofNullable(NUMBERED.get(number));
  }

  /** Returns the published model of a family. */
  static FlowConfig published(ModelFamily family) {
    return NUMBERED.values().stream()
        .filter(model -> model.family() == family)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Returns FLUX.2 klein or Z-Image, narrower by a head and with another number of the text
   * encoder's layers. Their readers expect all blocks only of transformers of full width.
   */
  static FlowConfig narrower(FlowConfig model, int layers) {
    boolean isFlux2 = model.family() == ModelFamily.FLUX2;
    int width = QWEN_WIDTH - HEAD;
    return new FlowConfig(
        model.family(),
        isFlux2 ? klein(23, width) : zImage(29, width),
        qwen(width, Math.min(layers, QWEN_LAYERS)),
        model.vae());
  }

  private static Flux2Config klein(int heads, int textWidth) {
    int width = HEAD * heads;
    return new Flux2Config(
        128,
        width,
        heads,
        5,
        20,
        3 * textWidth,
        3 * width,
        256,
        List.of(32, 32, 32, 32),
        Flux2Config.THETA);
  }

  private static ZImageConfig zImage(int heads, int textWidth) {
    return new ZImageConfig(
        16,
        HEAD * heads,
        heads,
        10_240,
        textWidth,
        256,
        1024,
        2,
        30,
        List.of(32, 48, 48),
        ZImageConfig.THETA);
  }

  private static Flux1Config flux1(Modulation modulation) {
    int width = 24 * HEAD;
    return new Flux1Config(
        16,
        16,
        width,
        24,
        19,
        38,
        4096,
        4 * width,
        modulation,
        Flux1Config.axes(HEAD),
        Flux1Config.THETA);
  }

  private static Flux1Config tinyFlux1(Modulation modulation) {
    return new Flux1Config(
        16, 16, 64, 2, 1, 2, 96, 256, modulation, Flux1Config.axes(32), Flux1Config.THETA);
  }

  private static FlowTexts qwen(int width, int layers) {
    return new FlowTexts.Qwen(
        new Qwen3Config(width, 32, 8, HEAD, 9728, layers, QWEN_VOCABULARY, Qwen3Config.THETA));
  }

  /** Returns CLIP-L as Stable Diffusion 3 reads it. */
  private static ClipConfig both(ClipConfig clip) {
    return new ClipConfig(
        clip.width(),
        clip.layers(),
        clip.heads(),
        clip.inner(),
        clip.vocabulary(),
        clip.positions(),
        clip.kind(),
        ClipConfig.Reading.PENULTIMATE_AND_END,
        0);
  }

  private static VaeConfig flux2Vae(Integer... channels) {
    float[] ones = new float[128];
    Arrays.fill(ones, 1);
    return new VaeConfig(
        List.of(channels), layers(channels), 32, LatentFormat.normalisedBy(new float[128], ones));
  }

  private static VaeConfig fluxVae(Integer... channels) {
    return vae(LatentFormat.shifted(0.1159, 0.3611, 16), channels);
  }

  private static VaeConfig sd3Vae(Integer... channels) {
    return vae(LatentFormat.shifted(0.0609, 1.5305, 16), channels);
  }

  private static VaeConfig vae(LatentFormat format, Integer... channels) {
    return new VaeConfig(List.of(channels), layers(channels), 16, format).withoutQuantConvs();
  }

  private static int layers(Integer... channels) {
    return channels[0] < 128 ? 1 : 2;
  }
}
