package dev.sdlora.families.sd;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.UNetBlocks;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The version of Stable Diffusion in a single file, recognised by its tensor names.
 *
 * @param version the version
 * @param encoders the positions of its text encoders, in the order in which the U-Net reads them
 * @param sign the name prefix that identified the version
 */
public record SingleFileFamily(SdVersion version, List<EncoderPlace> encoders, String sign) {
  /**
   * Returns the version of a U-Net without text encoders.
   *
   * @param file contains the U-Net
   * @param diffusers whether it has the names of diffusers, not those of single files
   */
  public static SingleFileFamily ofUNet(TensorFile file, boolean diffusers) {
    String unet = diffusers ? "" : LdmNames.UNET;
    boolean linear =
        file.tensors().values().stream()
            .anyMatch(
                entry ->
                    entry.name().startsWith(unet)
                        && entry.name().endsWith(".proj_in.weight")
                        && entry.shape().size() == 2);
    boolean vector =
        begins(file.tensors().keySet(), unet + (diffusers ? "add_embedding." : "label_emb."));
    SdVersion version = SdVersion.of(vector, vector ? levels(file, diffusers) : 0, linear);
    return new SingleFileFamily(
        version, version.encoders(), diffusers ? "down_blocks." : LdmNames.UNET);
  }

  private static int levels(TensorFile file, boolean diffusers) {
    return diffusers
        ? UNetBlocks.ofDiffusers(new FileTensors(file, "U-Net", name -> name)).levels()
        : UNetBlocks.ofLdm(file, LdmNames.UNET).levels();
  }

  /** Returns the family. */
  public ModelFamily family() {
    return version.family();
  }

  /** Whether this is SD-Turbo, which stores SD 2.x's networks under SDXL's names. */
  public boolean isTurbo() {
    return encoders.contains(EncoderPlace.CLIP_H_TURBO);
  }

  /**
   * Returns the version of a file with these names; empty if they include no text encoder.
   *
   * @param names the names of all its tensors
   */
  public static Optional<SingleFileFamily> of(Set<String> names) {
    // Only SDXL's U-Nets take the pooled text and sizes as conditions.
    boolean vector = begins(names, LdmNames.UNET + "label_emb.");
    if (begins(names, EncoderPlace.CLIP_G_XL.prefix())) {
      return Optional.of(of(SdVersion.SDXL, EncoderPlace.CLIP_G_XL));
    }
    if (begins(names, EncoderPlace.CLIP_L_XL.prefix())) {
      return Optional.of(of(SdVersion.SDXL, EncoderPlace.CLIP_L_XL));
    }
    if (begins(names, EncoderPlace.CLIP_G_REFINER.prefix())) {
      return Optional.of(
          vector
              ? of(SdVersion.REFINER, EncoderPlace.CLIP_G_REFINER)
              : new SingleFileFamily(
                  SdVersion.SD2,
                  List.of(EncoderPlace.CLIP_H_TURBO),
                  EncoderPlace.CLIP_H_TURBO.prefix()));
    }
    if (begins(names, EncoderPlace.CLIP_H.prefix())) {
      return Optional.of(of(SdVersion.SD2, EncoderPlace.CLIP_H));
    }
    return begins(names, EncoderPlace.CLIP_L.prefix())
        ? Optional.of(of(SdVersion.SD1, EncoderPlace.CLIP_L))
        : Optional.empty();
  }

  private static SingleFileFamily of(SdVersion version, EncoderPlace sign) {
    return new SingleFileFamily(version, version.encoders(), sign.prefix());
  }

  private static boolean begins(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }
}
