package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;

/**
 * A LoRA with the strengths at which a request wants it.
 *
 * @param name what the request calls it
 * @param file the file
 * @param strength how strongly it acts, and where
 */
public record LoraUse(String name, LoraFile file, LoraStrength strength) {

  /** A LoRA with one strength for each network. */
  public LoraUse(String name, LoraFile file, double textEncoderStrength, double unetStrength) {
    this(name, file, LoraStrength.of(textEncoderStrength, unetStrength));
  }

  /** Factor on its change of the text encoder, before the weights of blocks. */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** Factor on its change of the U-Net in the first step, before the weights of blocks. */
  public double unetStrength() {
    return strength.unet().first();
  }

  /**
   * The LoRA as it acts at one moment.
   *
   * @param moment a call of the U-Net
   */
  public LoraUse at(Moment moment) {
    return withUnet(moment.strength(strength.unet()));
  }

  /** The LoRA at the strength that no step exceeds. */
  public LoraUse peak() {
    return withUnet(strength.unet().peak());
  }

  private LoraUse withUnet(double unet) {
    return strength.unet().isConstant()
        ? this
        : new LoraUse(name, file, strength.withUnet(StrengthSchedule.constant(unet)));
  }

  /**
   * The factor on its change of a layer in the first step.
   *
   * @param network where the layer is
   * @param block its block in a U-Net, {@link BlockWeights#BASE} elsewhere
   */
  public double strength(Network network, String block, ModelFamily family) {
    double whole = network == Network.UNET ? unetStrength() : textEncoderStrength();
    BlockWeights blocks = strength.blocks();
    return blocks.equals(BlockWeights.ALL) ? whole : whole * blocks.weight(block, family);
  }
}
