package dev.sdlora.families.sd;

import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.ClipConfig.Kind;
import dev.sdlora.families.network.ClipConfig.Reading;

/**
 * A text encoder in a single file.
 *
 * @param prefix the prefix of its names
 * @param kind the kind of CLIP model
 * @param reading the states that the U-Net reads
 */
public record EncoderPlace(String prefix, ClipConfig.Kind kind, ClipConfig.Reading reading) {
  private static final String XL = "conditioner.embedders.";

  static final EncoderPlace CLIP_L = new EncoderPlace(LdmNames.CLIP, Kind.OPENAI, Reading.LAST);
  static final EncoderPlace CLIP_H =
      new EncoderPlace("cond_stage_model.model.", Kind.OPEN_CLIP, Reading.LAST);

  /** That of SD-Turbo, which stores SD 2.x's networks under SDXL's names. */
  static final EncoderPlace CLIP_H_TURBO =
      new EncoderPlace(XL + "0.model.", Kind.OPEN_CLIP, Reading.LAST);

  static final EncoderPlace CLIP_L_XL =
      new EncoderPlace(XL + "0.transformer.", Kind.OPENAI, Reading.PENULTIMATE);
  static final EncoderPlace CLIP_G_XL =
      new EncoderPlace(XL + "1.model.", Kind.OPEN_CLIP, Reading.PENULTIMATE);
  static final EncoderPlace CLIP_G_REFINER =
      new EncoderPlace(XL + "0.model.", Kind.OPEN_CLIP, Reading.PENULTIMATE);

  /** Whether it is the second of two encoders. */
  public boolean isSecond() {
    return equals(CLIP_G_XL);
  }
}
