package dev.sdlora.tensors.torch;

/** The number formats that networks compute in, under the codes that TorchScript has for them. */
public enum ScalarType {
  /** IEEE single precision. */
  FLOAT32(6),
  /** The upper half of a single-precision number. */
  BFLOAT16(15);

  private final int code;

  ScalarType(int code) {
    this.code = code;
  }

  /** The number that stands for this format in a program. */
  public int code() {
    return code;
  }
}
