package dev.sdlora.lora.make;

import dev.sdlora.api.make.KeyNames;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.SgmNames;

/** How the names of tensors are put together in the styles of {@link KeyNames}. */
public enum KeyNaming implements LayerNames {
  /** See {@link KeyNames#KOHYA}. */
  KOHYA("lora_unet_", "lora_te", '_', ".lora_down.weight", ".lora_up.weight", ".dora_scale"),
  /** See {@link KeyNames#PEFT}. */
  PEFT("unet.", "text_encoder", '.', ".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector");

  /** Two residual blocks on a level, and transformers on the first two levels of the way up. */
  private static final SgmNames SDXL = new SgmNames(2, level -> level < 2);

  private final String unet;
  private final String textEncoder;
  private final char separator;
  private final String down;
  private final String up;
  private final String magnitude;

  KeyNaming(
      String unet, String textEncoder, char separator, String down, String up, String magnitude) {
    this.unet = unet;
    this.textEncoder = textEncoder;
    this.separator = separator;
    this.down = down;
    this.up = up;
    this.magnitude = magnitude;
  }

  /** The style that a caller names. */
  public static KeyNaming of(KeyNames names) {
    return switch (names) {
      case KOHYA -> KOHYA;
      case PEFT -> PEFT;
    };
  }

  /**
   * What layers of a family are called. For SDXL kohya's trainer numbers the text encoders, and
   * calls the layers of the U-Net as Stability's code does.
   */
  public LayerNames names(ModelFamily family) {
    if (family != ModelFamily.SDXL || this == PEFT) {
      return this;
    }
    return (network, layer) ->
        switch (network) {
          case UNET -> key(network, SDXL.name(layer));
          case TEXT_ENCODER -> textEncoder + "1" + separator + layer.replace('.', separator);
          case TEXT_ENCODER_2 -> key(network, layer);
        };
  }

  /** Names as SD 1.x and 2.x have them. */
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
