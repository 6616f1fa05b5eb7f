package dev.sdlora.api.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Families of models: the generations of Stable Diffusion and the diffusion transformers. Files of
 * different families cannot be combined.
 */
public enum ModelFamily {
  /** Stable Diffusion 1.x: one CLIP ViT-L text encoder, 512 pixels. */
  SD1("SD 1.x", FamilyRow.unet().with(FamilyRow.Trait.CLIP_SKIP).embeddings(768)),
  /** Stable Diffusion 2.x: one OpenCLIP ViT-H text encoder. */
  SD2("SD 2.x", FamilyRow.unet().embeddings(1024)),
  /** Stable Diffusion XL: two text encoders, 1,024 pixels. */
  SDXL("SDXL", FamilyRow.unetOfSdxl().embeddings(768, 1280)),
  /** The second stage of Stable Diffusion XL: one text encoder, for the last noise levels. */
  SDXL_REFINER("SDXL refiner", FamilyRow.unet().with(FamilyRow.Trait.XL)),
  /** FLUX.2 klein: a rectified flow, one Qwen3 text encoder. */
  FLUX2(
      "FLUX.2 klein",
      FamilyRow.transformer("D5 S20", "D8 S24").with(FamilyRow.Trait.PLAIN_TEXT).references("")),
  /** Z-Image and Z-Image-Turbo: a rectified flow, one Qwen3 text encoder. */
  Z_IMAGE("Z-Image", FamilyRow.transformer("N2 C2 L30").with(FamilyRow.Trait.PLAIN_TEXT)),
  /** FLUX.1 dev, schnell and their relatives: rectified flows, CLIP ViT-L and T5-XXL. */
  FLUX1("FLUX.1", FamilyRow.transformer("D19 S38").references("kontext")),
  /** Chroma: a rectified flow with the blocks of FLUX.1, one T5-XXL text encoder. */
  CHROMA("Chroma", FamilyRow.transformer("D19 S38")),
  /**
   * Stable Diffusion 3 and 3.5: rectified flows, CLIP ViT-L, OpenCLIP ViT-bigG and, if there is
   * one, T5-XXL. SD 3 and 3.5 Medium have 24 blocks, 3.5 Large has 38.
   */
  SD3("SD 3.x", FamilyRow.transformer("D24", "D38")),
  /** Something else, or a file that does not show its family. */
  UNKNOWN("unknown", FamilyRow.unet());

  private static final List<ModelFamily> SUPPORTED =
      Arrays.stream(values())
          .filter(family -> family != SDXL_REFINER && family != UNKNOWN)
          .toList();

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // Its lists and sets are unmodifiable.
  private final FamilyRow row;

  ModelFamily(String label, FamilyRow row) {
    this.label = label;
    this.row = row;
  }

  /** {@return the families whose models draw images on their own, in the order of this list} */
  public static List<ModelFamily> supported() {
    return SUPPORTED;
  }

  /** {@return whether its denoiser is a transformer that predicts a flow, not a U-Net} */
  public boolean isTransformer() {
    return row.isTransformer();
  }

  /** {@return whether it is SDXL or its refiner} */
  public boolean isXl() {
    return row.traits().contains(FamilyRow.Trait.XL);
  }

  /**
   * {@return whether clip skip chooses the layer of the text encoder that the model reads} Others
   * always read the layer that they were trained with, unless an option says otherwise.
   */
  public boolean hasClipSkip() {
    return row.traits().contains(FamilyRow.Trait.CLIP_SKIP);
  }

  /**
   * {@return whether brackets in prompts are plain text, because a language model reads them}
   * Others read them as emphasis.
   */
  public boolean readsPlainText() {
    return row.traits().contains(FamilyRow.Trait.PLAIN_TEXT);
  }

  /**
   * {@return whether requests in A1111's words that omit size, steps and sampler have the model's
   * own} A1111's defaults, 50 steps at 512 pixels, are for U-Nets.
   */
  public boolean hasOwnDefaults() {
    return row.isTransformer();
  }

  /**
   * {@return the widths of the vectors of embeddings, one for each text encoder; empty if this
   * family has no embeddings} Unmodifiable.
   */
  public List<Integer> embeddingWidths() {
    return row.embeddingWidths();
  }

  /**
   * {@return whether a model reads reference images, as far as its name shows}
   *
   * @param model the model's name
   */
  public boolean readsReferences(String model) {
    Objects.requireNonNull(model, "model");
    return row.referenceWord().filter(model.toLowerCase(Locale.ROOT)::contains).isPresent();
  }

  /**
   * {@return the lists of blocks that {@link dev.sdlora.api.lora.BlockWeights} can have values for}
   * Models of several sizes have a list each; U-Nets have one of the blocks with attention and one
   * of all blocks. Unmodifiable.
   */
  public List<List<String>> blocks() {
    return row.blocks();
  }

  /** {@return the name for display, such as {@code SD 1.x}} */
  public String label() {
    return label;
  }
}
