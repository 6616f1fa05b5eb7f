package dev.sdlora.families.sd;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.lora.plan.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The versions of Stable Diffusion whose denoiser is a U-Net: a row for each. */
public enum SdVersion {
  /** SD 1.x; also the version of models that do not show theirs. */
  SD1(ModelFamily.SD1, List.of(EncoderPlace.CLIP_L), 512, "CreativeML Open RAIL-M"),
  /** SD 2.x; the models that predict velocity were trained at 768 pixels. */
  SD2(ModelFamily.SD2, List.of(EncoderPlace.CLIP_H), 512, SdVersion.RAIL),
  /** SDXL. */
  SDXL(
      ModelFamily.SDXL,
      List.of(EncoderPlace.CLIP_L_XL, EncoderPlace.CLIP_G_XL),
      1024,
      SdVersion.RAIL),
  /** SDXL's refiner, which has only the second encoder of SDXL. */
  REFINER(ModelFamily.SDXL_REFINER, List.of(EncoderPlace.CLIP_G_REFINER), 1024, SdVersion.RAIL);

  private static final String RAIL = "CreativeML Open RAIL++-M";

  /** SDXL's number of levels; the refiner has one more. */
  private static final int XL_LEVELS = 3;

  private final ModelFamily family;

  @SuppressWarnings("ImmutableEnumChecker") // It is unmodifiable.
  private final List<EncoderPlace> encoders;

  private final int side;
  private final String licence;

  SdVersion(ModelFamily family, List<EncoderPlace> encoders, int side, String licence) {
    this.family = family;
    this.encoders = encoders;
    this.side = side;
    this.licence = licence;
  }

  /** Returns the version of a family; SD 1.x for all others. */
  public static SdVersion of(ModelFamily family) {
    return Arrays.stream(values())
        .filter(version -> version.family == family)
        .findFirst()
        .orElse(SD1);
  }

  /** Returns the version of a T2I-Adapter, as far as the dimensions show. */
  public static SdVersion of(T2iAdapterConfig adapter) {
    return adapter.isForSdxl() ? SDXL : SD1;
  }

  /** Returns the version whose models have two text encoders. */
  public static SdVersion ofTwoEncoders() {
    return Arrays.stream(values())
        .filter(version -> version.encoders.size() == 2)
        .findFirst()
        .orElseThrow();
  }

  /** Returns the version of a U-Net, as far as the dimensions show. */
  public static SdVersion of(UNetConfig unet) {
    return of(unet.vectorWidth() > 0, unet.levels(), unet.linearProjection());
  }

  /**
   * Returns the version of a U-Net.
   *
   * @param readsVector whether it reads the pooled text and sizes
   * @param levels its levels
   * @param isLinear whether its transformers start with linear layers
   */
  static SdVersion of(boolean readsVector, int levels, boolean isLinear) {
    if (readsVector) {
      return levels > XL_LEVELS ? REFINER : SDXL;
    }
    return isLinear ? SD2 : SD1;
  }

  /**
   * Returns the version of a folder.
   *
   * @param first whether it has a first text encoder
   * @param second whether it has a second one
   */
  public static SdVersion of(UNetConfig unet, boolean first, boolean second) {
    if (unet.vectorWidth() > 0) {
      return second && !first ? REFINER : SDXL;
    }
    return of(unet);
  }

  /** Returns the name of the family for callers. */
  public ModelFamily family() {
    return family;
  }

  /** Returns the licence of the weights of the published model. */
  public String licence() {
    return licence;
  }

  /** Returns the places of its text encoders in single files, in the order of their states. */
  public List<EncoderPlace> encoders() {
    return encoders;
  }

  /** Returns the place of a text encoder among those of SDXL. */
  public int encoder(int index) {
    return this == REFINER ? index + 1 : index;
  }

  /** Whether an encoder reads another layer if clip skip says so, as in A1111. */
  boolean heedsClipSkip(int encoder, PromptOptions options) {
    return this == SD1 || (this == SDXL && encoder == 0 && options.clipSkipOnSdxl());
  }

  /** Returns the side of the images that full-size models were trained on. */
  public int side(Prediction prediction) {
    return this == SD2 && prediction == Prediction.V_PREDICTION ? 768 : side;
  }

  /** Whether models of this version that predict velocity show it in their weights alone. */
  public boolean hidesPrediction() {
    return this == SD2;
  }

  /** Returns the attention heads at a level with so many channels; no tensor shows them. */
  public int heads(int channels) {
    return this == SD1 ? 8 : NetworkShapes.unetHeads(channels);
  }

  /** Returns the factor that scales latents to unit variance; no tensor shows it. */
  public double latentScale() {
    return family.isXl() ? 0.13025 : 0.18215;
  }

  /**
   * Returns how many numbers the U-Net reads, if it reads any: original height and width, top and
   * left of the crop, and target height and width; the refiner reads an aesthetic score instead of
   * the last two.
   */
  public int sizes() {
    return readsScore() ? 5 : 6;
  }

  /** Whether its models refine what others have drawn, so that LoRAs are not trained on them. */
  public boolean isRefiner() {
    return this == REFINER;
  }

  /** Whether the U-Net reads an aesthetic score. */
  boolean readsScore() {
    return this == REFINER;
  }

  /** Returns the layers that LoRAs for the published model change. */
  public Map<Network, Map<String, List<Long>>> published() {
    return switch (this) {
      case SD1 -> PublishedUNets.sd1();
      case SD2 -> PublishedUNets.sd2();
      case SDXL -> PublishedUNets.sdxl();
      case REFINER -> PublishedUNets.refiner();
    };
  }
}
