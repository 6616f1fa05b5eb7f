package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the names of a single file say of its family.
 *
 * @param family the family
 * @param encoders where its text encoders lie, in the order in which the U-Net reads them
 * @param sign the beginning of the names that told
 */
record SingleFileFamily(ModelFamily family, List<Place> encoders, String sign) {
  private static final String XL = "conditioner.embedders.";

  /** The refiner has one more. */
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
   * @param prefix of its names
   * @param kind whose training it comes from
   * @param reading which of its states the U-Net reads
   */
  record Place(String prefix, ClipConfig.Kind kind, ClipConfig.Reading reading) {}

  /**
   * The family of a U-Net without text encoders beside it.
   *
   * @param file with the U-Net under the names of single files or of diffusers
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

  /** Whether it is SD-Turbo, which has SD 2.x's networks under SDXL's names. */
  boolean isTurbo() {
    return encoders.contains(CLIP_H_TURBO);
  }

  /** Where the text encoders of a family lie in single files. */
  static List<Place> encoders(ModelFamily family) {
    return switch (family) {
      case SD2 -> List.of(CLIP_H);
      case SDXL -> List.of(CLIP_L_XL, CLIP_G_XL);
      case SDXL_REFINER -> List.of(CLIP_G_REFINER);
      default -> List.of(CLIP_L);
    };
  }

  /**
   * The family of a file with these names; empty if they show no text encoder.
   *
   * @param names of all its tensors
   */
  static Optional<SingleFileFamily> of(Set<String> names) {
    // Only the U-Nets of SDXL are told of the whole text and of sizes.
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
