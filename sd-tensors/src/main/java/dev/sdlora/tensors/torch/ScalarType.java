package dev.sdlora.tensors.torch;

/** Number formats under the codes that TorchScript programs use for them. */
public enum ScalarType {
  /** Unsigned 8-bit integer. */
  UINT8(0),
  /** Signed 8-bit integer. */
  INT8(1),
  /** Signed 16-bit integer. */
  INT16(2),
  /** Signed 32-bit integer. */
  INT32(3),
  /** Signed 64-bit integer. */
  INT64(4),
  /** IEEE half precision. */
  FLOAT16(5),
  /** IEEE single precision. */
  FLOAT32(6),
  /** IEEE double precision. */
  FLOAT64(7),
  /** One byte, 0 or 1. */
  BOOL(11),
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
