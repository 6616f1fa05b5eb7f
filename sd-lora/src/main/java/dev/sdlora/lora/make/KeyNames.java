package dev.sdlora.lora.make;

import dev.sdlora.lora.plan.Network;

/** The two ways of naming tensors in which LoRA files are written. */
public enum KeyNames implements LayerNames {
  /**
   * kohya's sd-scripts: {@code lora_unet_…_to_q.lora_down.weight}, and {@code .alpha} beside it.
   * What A1111, ComfyUI and most model sites have.
   */
  KOHYA("lora_unet_", "lora_te", '_', ".lora_down.weight", ".lora_up.weight", ".dora_scale"),
  /**
   * PEFT as diffusers saves it: {@code unet.….to_q.lora_A.weight}. Alphas stand in the metadata,
   * under {@code lora_adapter_metadata}.
   */
  PEFT("unet.", "text_encoder", '.', ".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector");

  private final String unet;
  private final String textEncoder;
  private final char separator;
  private final String down;
  private final String up;
  private final String magnitude;

  KeyNames(
      String unet, String textEncoder, char separator, String down, String up, String magnitude) {
    this.unet = unet;
    this.textEncoder = textEncoder;
    this.separator = separator;
    this.down = down;
    this.up = up;
    this.magnitude = magnitude;
  }

  /** Names as SD 1.x and 2.x have them; kohya's trainer calls some layers of SDXL otherwise. */
  @Override
  public String key(Network network, String layer) {
    String prefix =
        switch (network) {
          case UNET -> unet;
          case TEXT_ENCODER -> textEncoder + separator;
          case TEXT_ENCODER_2 -> textEncoder + (this == PEFT ? "_2" : "2") + separator;
        };
    return prefix + layer.replace('.', separator);
  }

  /** What follows a layer's name in the name of the factor that is applied first. */
  public String down() {
    return down;
  }

  /** What follows a layer's name in the name of the other factor. */
  public String up() {
    return up;
  }

  /** What follows a layer's name in the name of its magnitudes (DoRA). */
  public String magnitude() {
    return magnitude;
  }
}
