package dev.sdlora.tensors.torch;

/** The dtypes in which networks compute, with their TorchScript codes. */
public enum ScalarType {
  /** IEEE 754 single precision. */
  FLOAT32(6, 4),
  /** The upper half of a single-precision number. */
  BFLOAT16(15, 2),
  /** IEEE 754 half precision, for devices other than the CPU. */
  FLOAT16(5, 2);

  private final int code;
  private final int bytes;

  ScalarType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** Returns the code of this dtype in a program. */
  public int code() {
    return code;
  }

  /** Returns the size of one number in bytes. */
  public int bytes() {
    return bytes;
  }
}
