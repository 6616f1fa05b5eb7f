package dev.sdlora.tensors.torch;

/** The number formats that networks compute in, under the codes that TorchScript has for them. */
public enum ScalarType {
  /** IEEE single precision. */
  FLOAT32(6, 4),
  /** The upper half of a single-precision number. */
  BFLOAT16(15, 2),
  /** IEEE half precision, for devices other than the processor. */
  FLOAT16(5, 2);

  private final int code;
  private final int bytes;

  ScalarType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands for this format in a program. */
  public int code() {
    return code;
  }

  /** The bytes of one number. */
  public int bytes() {
    return bytes;
  }
}
