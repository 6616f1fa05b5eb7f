package dev.sdlora.api.model;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.value.Labels;
import java.util.Objects;

/**
 * The formats in which a pipeline holds the matrices and kernels of its denoiser and text encoders
 * in memory. {@link Precision} is the dtype of the computation: a layer whose weight is held in
 * another format widens it at each call, into memory that is freed at once. Norms, biases and the
 * VAE are always held in the precision of the computation.
 *
 * <p>LoRAs on weights of 8 bits or fewer are exact: {@link LoraMode#AUTO} applies them by {@link
 * LoraMode#OVERLAY}, and {@link LoraMode#PATCHED} holds the changed weights in the precision of the
 * computation, which takes more memory; changed weights are never rounded back.
 *
 * @see Pipeline.Builder#weights
 */
public enum WeightFormat {
  /**
   * The default: weights that the file stores quantised (GGUF, FP8, INT8) stay as they are, without
   * loss; others are held in the precision of the computation. Formats that are read but not held
   * (NF4, MXFP8, NVFP4, rotated INT8) are widened while they are loaded.
   */
  AS_STORED("as-stored"),
  /**
   * 32-bit floats, whatever the file stores. Requires {@link Precision#FLOAT32}: a computation in
   * less precision would round them at each call.
   */
  FLOAT32("float32"),
  /**
   * 16-bit brain floats, whatever the file stores. In a computation in {@link Precision#FLOAT32},
   * this halves the memory, and rounds the weights of float16 and float32 files once.
   */
  BFLOAT16("bfloat16"),
  /**
   * At most 8 bits: weights that the file stores in 16 or 32 bits are rounded to 8-bit integers
   * with one scale for each row while they are loaded. Quantised weights stay as they are.
   */
  INT8("int8");

  private final String label;

  WeightFormat(String label) {
    this.label = label;
  }

  /** {@return the name on the command line, such as {@code as-stored}} */
  public String label() {
    return label;
  }

  /**
   * Finds a format by its label or name, ignoring case and punctuation.
   *
   * @param name such as {@code as-stored} or {@code AS_STORED}
   * @return the format
   * @throws IllegalArgumentException if there is none; the message lists the labels
   */
  public static WeightFormat parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), WeightFormat::label, "weights", name);
  }
}
