package dev.sdlora.api.model;

/** The dtypes of weights in files. */
public enum NumberFormat {
  /**
   * IEEE 754 single precision, 4 bytes. The precision of the computation, written without rounding.
   */
  FLOAT32("float32"),
  /**
   * IEEE 754 half precision, 2 bytes: 11 significant bits, numbers up to 65,504. The dtype of most
   * LoRA files.
   */
  FLOAT16("float16"),
  /** Brain floats, 2 bytes: 8 significant bits, with the range of single precision. */
  BFLOAT16("bfloat16");

  private final String label;

  NumberFormat(String label) {
    this.label = label;
  }

  /** {@return the name for display, such as {@code float16}} */
  public String label() {
    return label;
  }
}
