package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;

/**
 * A LoRA with the strengths at which a request uses it.
 *
 * @param name its name in the request
 * @param file the file
 * @param strength its strengths in networks, blocks and steps
 */
public record LoraUse(String name, LoraFile file, LoraStrength strength) {

  /** Creates a LoRA with one strength for each network. */
  public LoraUse(String name, LoraFile file, double textEncoderStrength, double unetStrength) {
    this(name, file, LoraStrength.of(textEncoderStrength, unetStrength));
  }

  /** The factor on its change of the text encoder, before block weights. */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** The factor on its change of the U-Net in the first step, before block weights. */
  public double unetStrength() {
    return strength.unet().first();
  }

  /**
   * The LoRA with its strength at one moment.
   *
   * @param moment a call of the U-Net
   */
  public LoraUse at(Moment moment) {
    return withUnet(moment.strength(strength.unet()));
  }

  /** The LoRA at its highest strength of all steps. */
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
   * @param network the network of the layer
   * @param block its block in a U-Net, {@link BlockWeights#BASE} in other networks
   */
  public double strength(Network network, String block, ModelFamily family) {
    double whole = network == Network.UNET ? unetStrength() : textEncoderStrength();
    BlockWeights blocks = strength.blocks();
    return blocks.equals(BlockWeights.ALL) ? whole : whole * blocks.weight(block, family);
  }
}
