package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.families.checkpoint.stored.LdmVaeNames;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.lora.plan.SgmNames;

/**
 * The tensor names of the CompVis latent diffusion code, which single-file checkpoints use. It
 * numbers all blocks of the U-Net consecutively, while diffusers counts levels and the blocks in
 * each level.
 */
public final class LdmNames {
  public static final String UNET = "model.diffusion_model.";
  public static final String VAE = "first_stage_model.";
  public static final String CLIP = "cond_stage_model.transformer.";

  private LdmNames() {}

  /**
   * Returns the names of a U-Net.
   *
   * @param prefix the prefix of all names
   * @param layers residual blocks in each level of the encoder
   * @param transformers the number of transformer blocks at each position
   */
  public static Names unet(String prefix, int layers, Transformers transformers) {
    // A module after the last block of a level is numbered after that block's transformers.
    SgmNames modules =
        new SgmNames(
            layers,
            level ->
                level < transformers.up().size() && transformers.up().get(level).get(layers) > 0);
    return name -> {
      int dot = name.lastIndexOf('.');
      return prefix + modules.name(name.substring(0, dot)) + name.substring(dot);
    };
  }

  /** Returns the names of a VAE. Its decoder levels are numbered from the largest image down. */
  public static Names vae(int levels) {
    return name -> VAE + LdmVaeNames.inFile(name, levels);
  }
}
