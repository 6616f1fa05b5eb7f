package dev.sdlora.api;

/**
 * What takes the place of an empty negative prompt on SDXL, whose U-Net was trained without any
 * text now and then. Programs differ in it; on SD 1.x and 2.x an empty text is encoded in every
 * program.
 */
public enum EmptyNegativePrompt {
  /** Zeros in the place of all that the text encoders say: A1111, and diffusers without one. */
  ZEROS,
  /** What the text encoders say of an empty text: ComfyUI, and diffusers with an empty one. */
  ENCODED
}
