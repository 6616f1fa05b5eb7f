package dev.sdlora.lora.make;

import dev.sdlora.api.make.spi.KeyNames;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.family.LayerTable;
import dev.sdlora.lora.family.LayerTables;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.SgmNames;

/** The composition of tensor names in the styles of {@link KeyNames}. */
public enum KeyNaming implements LayerNames {
  /** See {@link KeyNames#KOHYA}. */
  KOHYA("lora_unet_", "lora_te", '_', ".lora_down.weight", ".lora_up.weight", ".dora_scale"),
  /** See {@link KeyNames#PEFT}. */
  PEFT("unet.", "text_encoder", '.', ".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector"),
  /**
   * ai-toolkit's, which ComfyUI and most LoRAs for transformers have: the layers of single files,
   * and no alphas.
   */
  SINGLE_FILE(
      "diffusion_model.",
      "text_encoder",
      '.',
      ".lora_A.weight",
      ".lora_B.weight",
      ".lora_magnitude_vector");

  /** SDXL has two residual blocks in a level, and transformers in the first two up levels. */
  private static final SgmNames SGM = new SgmNames(2, level -> level < 2);

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

  /** The naming of a style. */
  public static KeyNaming of(KeyNames names) {
    return switch (names) {
      case KOHYA -> KOHYA;
      case PEFT -> PEFT;
    };
  }

  /**
   * The layer names of a family. For SDXL, kohya's trainer numbers the text encoders and uses the
   * U-Net layer names of Stability's code. For diffusion transformers, the names are those of
   * LyCORIS in kohya's style, which keeps projections apart, and those of diffusers in PEFT's.
   */
  public LayerNames names(ModelFamily family) {
    if (this == SINGLE_FILE) {
      return this;
    }
    if (LayerTables.names(family).isPresent()) {
      return this == PEFT
          ? (network, layer) ->
              network == Network.UNET ? "transformer." + layer : key(network, layer)
          : (network, layer) ->
              network == Network.UNET
                  ? "lycoris_" + layer.replace('.', separator)
                  : key(network, layer.replaceFirst("^model\\.", ""));
    }
    if (this == PEFT || LayerTables.of(family).stream().noneMatch(LayerTable::hasSgmNames)) {
      return this;
    }
    return (network, layer) ->
        switch (network) {
          case UNET -> key(network, SGM.name(layer));
          case TEXT_ENCODER -> textEncoder + "1" + separator + layer.replace('.', separator);
          case TEXT_ENCODER_2, TEXT_ENCODER_3 -> key(network, layer);
        };
  }

  /** The names for SD 1.x and 2.x. */
  @Override
  public String key(Network network, String layer) {
    String prefix =
        switch (network) {
          case UNET -> unet;
          case TEXT_ENCODER -> textEncoder + separator;
          case TEXT_ENCODER_2 -> textEncoder + (this == KOHYA ? "2" : "_2") + separator;
          case TEXT_ENCODER_3 -> textEncoder + (this == KOHYA ? "3" : "_3") + separator;
        };
    return prefix + layer.replace('.', separator);
  }

  /** The suffix of the first factor, after the layer's name. */
  public String down() {
    return down;
  }

  /** The suffix of the second factor, after the layer's name. */
  public String up() {
    return up;
  }

  /** The suffix of DoRA's magnitudes, after the layer's name. */
  public String magnitude() {
    return magnitude;
  }
}
