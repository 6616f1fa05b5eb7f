package dev.sdlora.training.option;

/** The dtype of the frozen networks and of their products. Trained factors are always float32. */
public enum TrainingPrecision {
  /** Everything in float32. */
  FLOAT32,
  /** Frozen weights and products in bfloat16 (Micikevicius et al. 2018). */
  BFLOAT16,
  /** Frozen matrices in 8-bit integers with a scale for each row, products in bfloat16. */
  INT8
}
