package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.LoraFile;

/**
 * A LoRA with the strengths at which a request wants it.
 *
 * @param name what the request calls it
 * @param file the file
 * @param textEncoderStrength factor on its change of the text encoders
 * @param unetStrength factor on its change of the U-Net
 */
public record LoraUse(String name, LoraFile file, double textEncoderStrength, double unetStrength) {

  double strength(Network network) {
    return network == Network.UNET ? unetStrength : textEncoderStrength;
  }
}
