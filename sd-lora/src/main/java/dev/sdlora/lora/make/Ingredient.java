package dev.sdlora.lora.make;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.Network;

/**
 * A LoRA that another is made of.
 *
 * @param file the file
 * @param textEncoderStrength factor on its change of the text encoder
 * @param unetStrength factor on its change of the U-Net
 */
public record Ingredient(LoraFile file, double textEncoderStrength, double unetStrength) {

  double strength(Network network) {
    return network == Network.UNET ? unetStrength : textEncoderStrength;
  }
}
