package dev.sdlora.training.option;

/** How gradients change weights. */
public enum OptimiserKind {
  /** AdamW (Loshchilov and Hutter 2019). */
  ADAMW,
  /**
   * Prodigy (Mishchenko and Defazio 2024), which estimates the learning rate; the given one is a
   * factor on its estimate and should be 1.
   */
  PRODIGY,
  /**
   * Lion (Chen et al. 2023), which follows only the signs of averaged gradients; usual learning
   * rates are a third to a tenth of AdamW's.
   */
  LION,
  /** Adafactor (Shazeer and Stern 2018) at the given learning rate, without momentum. */
  ADAFACTOR
}
