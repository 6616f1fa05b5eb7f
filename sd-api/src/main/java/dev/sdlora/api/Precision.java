package dev.sdlora.api;

/** The number format in which the text encoder and the U-Net compute. The VAE stays in float32. */
public enum Precision {
  /** 32-bit floats: the reference, and the default. */
  FLOAT32,
  /**
   * 16-bit brain floats: half the memory, and two to three times faster on processors with bfloat16
   * units; pictures differ in small details.
   */
  BFLOAT16
}
