package dev.sdlora.training.option;

/** An optimiser. */
public enum OptimiserKind {
  /** AdamW (Loshchilov and Hutter 2019). */
  ADAMW,
  /**
   * Prodigy (Mishchenko and Defazio 2024), which estimates the learning rate; given ones are
   * factors on its estimate and should be 1, those of the text encoders as well.
   */
  PRODIGY,
  /**
   * Lion (Chen et al. 2023), which follows only the signs of averaged gradients; usual learning
   * rates are a third to a tenth of AdamW's.
   */
  LION,
  /**
   * Adafactor (Shazeer and Stern 2018) at the given learning rate, without momentum. Its updates
   * have a root mean square of at most the learning rate, so gradients need no clipping.
   */
  ADAFACTOR
}
