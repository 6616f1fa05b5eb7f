package dev.sdlora.tensors.file;

import dev.sdlora.api.model.NumberFormat;
import java.util.Arrays;
import java.util.Optional;

/**
 * The number format of a tensor. The names of the constants are those used in safetensors files; of
 * the formats defined there, floats of fewer than 8 bits, those of 8 bits for scales, and wide
 * unsigned integers are not read.
 */
public enum DType {
  /** IEEE 754 double precision. */
  F64(8),
  /** IEEE 754 single precision. */
  F32(4),
  /** IEEE 754 half precision: 5 exponent bits, 10 fraction bits. */
  F16(2),
  /** The upper half of a single precision number: 8 exponent bits, 7 fraction bits. */
  BF16(2),
  /**
   * A byte with 4 exponent bits and 3 fraction bits, up to 448, without infinities (E4M3FN of
   * Micikevicius et al. 2022, "FP8 formats for deep learning").
   */
  F8_E4M3(1),
  /** A byte with 5 exponent bits and 2 fraction bits: the upper half of a half precision number. */
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
  /** A byte that is 0 for false and anything else for true. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** The format that a caller names. */
  public static DType of(NumberFormat format) {
    return switch (format) {
      case FLOAT32 -> F32;
      case FLOAT16 -> F16;
      case BFLOAT16 -> BF16;
    };
  }

  /** The size of one element in bytes: 1, 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }

  /** The name as people write it, such as {@code float16}. */
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

  /** Whether it holds floating-point numbers. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16 || isFloat8();
  }

  /** Whether it holds floating-point numbers of 8 bits, beside which a file may keep scales. */
  public boolean isFloat8() {
    return this == F8_E4M3 || this == F8_E5M2;
  }

  /**
   * The format with this safetensors name, such as {@code BF16}; empty if this library has none.
   */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }
}
