package dev.sdlora.api.model;

/** The number formats in which files with weights are written. */
public enum NumberFormat {
  /** IEEE 754 single precision, 4 bytes: what computations are done in, kept as it is. */
  FLOAT32("float32"),
  /**
   * IEEE 754 half precision, 2 bytes: 11 significant bits, numbers up to 65 504. What most LoRA
   * files have.
   */
  FLOAT16("float16"),
  /** Brain floats, 2 bytes: 8 significant bits, and the range of single precision. */
  BFLOAT16("bfloat16");

  private final String label;

  NumberFormat(String label) {
    this.label = label;
  }

  /** {@return the name as people write it, such as {@code float16}} */
  public String label() {
    return label;
  }
}
