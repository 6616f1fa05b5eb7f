package dev.sdlora.families.checkpoint;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.UNetBlocks;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The family of a single file, recognised by its tensor names.
 *
 * @param family the family
 * @param encoders the positions of its text encoders, in the order in which the U-Net reads them
 * @param sign the name prefix that identified the family
 */
public record SingleFileFamily(ModelFamily family, List<Place> encoders, String sign) {
  private static final String XL = "conditioner.embedders.";

  /** Levels of SDXL's U-Net; the refiner has one more. */
  private static final int XL_LEVELS = 3;

  private static final Place CLIP_L_XL =
      new Place(XL + "0.transformer.", ClipConfig.Kind.OPENAI, ClipConfig.Reading.PENULTIMATE);
  private static final Place CLIP_G_XL =
      new Place(XL + "1.model.", ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.PENULTIMATE);
  private static final Place CLIP_G_REFINER =
      new Place(XL + "0.model.", ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.PENULTIMATE);
  private static final Place CLIP_H_TURBO =
      new Place(XL + "0.model.", ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.LAST);
  private static final Place CLIP_H =
      new Place("cond_stage_model.model.", ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.LAST);
  private static final Place CLIP_L =
      new Place(LdmNames.CLIP, ClipConfig.Kind.OPENAI, ClipConfig.Reading.LAST);

  /**
   * A text encoder in the file.
   *
   * @param prefix the prefix of its names
   * @param kind the kind of CLIP model
   * @param reading the states that the U-Net reads
   */
  public record Place(String prefix, ClipConfig.Kind kind, ClipConfig.Reading reading) {}

  /**
   * Returns the family of a U-Net without text encoders.
   *
   * @param file contains the U-Net with the names of single files or of diffusers
   */
  static SingleFileFamily ofUNet(TensorFile file) {
    boolean diffusers = SeparateNetworks.hasDiffusersUNet(file.tensors().keySet());
    String unet = diffusers ? "" : LdmNames.UNET;
    boolean linear =
        file.tensors().values().stream()
            .anyMatch(
                entry ->
                    entry.name().startsWith(unet)
                        && entry.name().endsWith(".proj_in.weight")
                        && entry.shape().size() == 2);
    ModelFamily family = linear ? ModelFamily.SD2 : ModelFamily.SD1;
    if (begins(file.tensors().keySet(), unet + (diffusers ? "add_embedding." : "label_emb."))) {
      int levels =
          diffusers
              ? UNetBlocks.ofDiffusers(new FileTensors(file, "U-Net", name -> name)).levels()
              : UNetBlocks.ofLdm(file, LdmNames.UNET).levels();
      family = levels > XL_LEVELS ? ModelFamily.SDXL_REFINER : ModelFamily.SDXL;
    }
    return new SingleFileFamily(
        family, encoders(family), diffusers ? "down_blocks." : LdmNames.UNET);
  }

  /** Whether this is SD-Turbo, which stores SD 2.x's networks under SDXL's names. */
  boolean isTurbo() {
    return encoders.contains(CLIP_H_TURBO);
  }

  /** Returns the positions of a family's text encoders in single files. */
  public static List<Place> encoders(ModelFamily family) {
    return switch (family) {
      case SD2 -> List.of(CLIP_H);
      case SDXL -> List.of(CLIP_L_XL, CLIP_G_XL);
      case SDXL_REFINER -> List.of(CLIP_G_REFINER);
      default -> List.of(CLIP_L);
    };
  }

  /**
   * Returns the family of a file with these names; empty if they include no text encoder.
   *
   * @param names the names of all its tensors
   */
  static Optional<SingleFileFamily> of(Set<String> names) {
    // Only SDXL's U-Nets take the pooled text and sizes as conditions.
    boolean vector = begins(names, LdmNames.UNET + "label_emb.");
    if (begins(names, CLIP_G_XL.prefix) || begins(names, CLIP_L_XL.prefix)) {
      return Optional.of(
          new SingleFileFamily(
              ModelFamily.SDXL,
              encoders(ModelFamily.SDXL),
              begins(names, CLIP_G_XL.prefix) ? CLIP_G_XL.prefix : CLIP_L_XL.prefix));
    }
    if (begins(names, CLIP_G_REFINER.prefix)) {
      return Optional.of(
          vector
              ? new SingleFileFamily(
                  ModelFamily.SDXL_REFINER, List.of(CLIP_G_REFINER), CLIP_G_REFINER.prefix)
              : new SingleFileFamily(ModelFamily.SD2, List.of(CLIP_H_TURBO), CLIP_H_TURBO.prefix));
    }
    if (begins(names, CLIP_H.prefix)) {
      return Optional.of(new SingleFileFamily(ModelFamily.SD2, List.of(CLIP_H), CLIP_H.prefix));
    }
    return begins(names, CLIP_L.prefix)
        ? Optional.of(new SingleFileFamily(ModelFamily.SD1, List.of(CLIP_L), CLIP_L.prefix))
        : Optional.empty();
  }

  private static boolean begins(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }
}
