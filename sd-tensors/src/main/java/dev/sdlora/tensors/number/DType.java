package dev.sdlora.tensors.number;

import dev.sdlora.api.model.NumberFormat;
import java.util.Arrays;
import java.util.Optional;

/**
 * The dtype of a tensor. The names of the constants are those in safetensors files; of the dtypes
 * defined there, floats of fewer than 8 bits and wide unsigned integers are not supported.
 */
public enum DType {
  /** IEEE 754 double precision. */
  F64(8),
  /** IEEE 754 single precision. */
  F32(4),
  /** IEEE 754 half precision: 5 exponent bits, 10 fraction bits. */
  F16(2),
  /** The upper half of a single-precision number: 8 exponent bits, 7 fraction bits. */
  BF16(2),
  /**
   * One byte: 4 exponent bits and 3 fraction bits, up to 448, without infinities (E4M3FN of
   * Micikevicius et al. 2022, "FP8 formats for deep learning").
   */
  F8_E4M3(1),
  /** One byte: 5 exponent bits and 2 fraction bits, the upper half of a half-precision number. */
  F8_E5M2(1),
  /** Signed 64-bit integer. */
  I64(8),
  /** Signed 32-bit integer. */
  I32(4),
  /** Signed 16-bit integer. */
  I16(2),
  /** Signed 8-bit integer. */
  I8(1),
  /** Unsigned 8-bit integer. */
  U8(1),
  /** One byte: 0 is false, anything else true. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the dtype of a public number format. */
  public static DType of(NumberFormat format) {
    return switch (format) {
      case FLOAT32 -> F32;
      case FLOAT16 -> F16;
      case BFLOAT16 -> BF16;
    };
  }

  /** Returns the size of one element in bytes: 1, 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }

  /** Returns the common name, such as {@code float16}. */
  public String label() {
    return switch (this) {
      case F64 -> "float64";
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F8_E4M3 -> "float8_e4m3";
      case F8_E5M2 -> "float8_e5m2";
      case I64 -> "int64";
      case I32 -> "int32";
      case I16 -> "int16";
      case I8 -> "int8";
      case U8 -> "uint8";
      case BOOL -> "bool";
    };
  }

  /** Whether the elements are floating-point numbers. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16 || isFloat8();
  }

  /** Whether the elements are 8-bit floats, for which a file may also contain scales. */
  public boolean isFloat8() {
    return this == F8_E4M3 || this == F8_E5M2;
  }

  /**
   * Returns the dtype with this safetensors name, such as {@code BF16}; empty if it is not
   * supported. Exponents of 8 bits ({@code F8_E8M0}), which are only scales, are bytes.
   */
  public static Optional<DType> named(String name) {
    if (name.equals("F8_E8M0")) {
      return Optional.of(U8);
    }
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }
}
