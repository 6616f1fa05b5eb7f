package dev.sdlora.tensors.number;

import java.nio.ByteBuffer;

/**
 * Converts between {@code float} and the dtypes of tensor files. Narrowing rounds to the nearest
 * value, ties to even, and overflows to infinity; subnormals, signed zeros, infinities and NaNs are
 * preserved. Stateless.
 */
public final class Floats {
  private Floats() {}

  /** Returns the exact value of a half-precision number; a NaN keeps its payload. */
  public static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
  }

  /** Returns the nearest half-precision number; magnitudes of 65,520 or more become infinity. */
  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) {
      // Sets the quiet bit so that a payload in the low bits cannot become infinity.
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= 0x4780_0000) { // 2^16
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x3880_0000) { // 2^-14: subnormal in half precision, in units of 2^-24
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24f));
    }
    int rebiased = magnitude - ((127 - 15) << 23);
    return (short) (sign | roundToEven(rebiased, 13));
  }

  /** Returns the exact value of a bfloat16 number. */
  public static float fromBfloat16(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }

  /** Returns the nearest bfloat16 number. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits >>> 31 << 15 | roundToEven(bits & 0x7fff_ffff, 16));
  }

  /**
   * Returns the exact value of an 8-bit number with 4 exponent bits; the two patterns with all
   * exponent and fraction bits set are NaN.
   */
  public static float fromFloat8E4m3(byte float8) {
    int exponent = (float8 >>> 3) & 0xf;
    int fraction = float8 & 7;
    if (exponent == 0xf && fraction == 7) {
      return Float.NaN;
    }
    float magnitude =
        exponent == 0 ? fraction * 0x1p-9f : Math.scalb((float) (8 + fraction), exponent - 10);
    return float8 < 0 ? -magnitude : magnitude;
  }

  /**
   * Returns the nearest 8-bit number with 4 exponent bits, ties to even. Unlike in the other
   * formats, magnitudes beyond 448 become 448, because there is no infinity; NaN stays NaN.
   */
  public static byte toFloat8E4m3(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 24 & 0x80;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) {
      return (byte) (sign | 0x7f);
    }
    if (magnitude >= 0x43e0_0000) { // 448
      return (byte) (sign | 0x7e);
    }
    if (magnitude < 0x3c80_0000) { // 2^-6: subnormal, in units of 2^-9
      return (byte) (sign | (int) Math.rint(Math.abs(value) * 0x1p9f));
    }
    return (byte) (sign | roundToEven(magnitude - ((127 - 7) << 23), 20));
  }

  /** Returns the exact value of an 8-bit number with 5 exponent bits. */
  public static float fromFloat8E5m2(byte float8) {
    return fromHalf((short) (float8 << 8));
  }

  /** Drops the lowest bits of a magnitude; a carry propagates into the exponent, up to infinity. */
  private static int roundToEven(int magnitude, int droppedBits) {
    int justBelowHalf = (1 << (droppedBits - 1)) - 1;
    int odd = (magnitude >>> droppedBits) & 1;
    return (magnitude + justBelowHalf + odd) >>> droppedBits;
  }

  /**
   * Converts all remaining bytes of a buffer, in its byte order. Doubles and wide integers are
   * rounded to the nearest float; booleans become 0 or 1.
   *
   * @param target receives the floats, starting at index {@code from}
   */
  public static void decode(DType dtype, ByteBuffer source, float[] target, int from) {
    int end = from + source.remaining() / dtype.bytes();
    if (dtype == DType.F32) {
      source.asFloatBuffer().get(target, from, end - from);
      source.position(source.limit());
      return;
    }
    if (dtype == DType.BF16) {
      // A loop of its own takes half the time.
      for (int i = from; i < end; i++) {
        target[i] = fromBfloat16(source.getShort());
      }
      return;
    }
    for (int i = from; i < end; i++) {
      target[i] =
          switch (dtype) {
            case F64 -> (float) source.getDouble();
            case F32 -> source.getFloat();
            case F16 -> fromHalf(source.getShort());
            case BF16 -> throw new IllegalStateException("read above");
            case F8_E4M3 -> fromFloat8E4m3(source.get());
            case F8_E5M2 -> fromFloat8E5m2(source.get());
            case I64 -> (float) source.getLong();
            case I32 -> (float) source.getInt();
            case I16 -> source.getShort();
            case I8 -> source.get();
            case U8 -> source.get() & 0xff;
            case BOOL -> source.get() == 0 ? 0 : 1;
          };
    }
  }

  /** Appends {@code values[from..to)} to a buffer as F32, F16 or BF16, in its byte order. */
  public static void encode(DType dtype, float[] values, int from, int to, ByteBuffer target) {
    for (int i = from; i < to; i++) {
      switch (dtype) {
        case F32 -> target.putFloat(values[i]);
        case F16 -> target.putShort(toHalf(values[i]));
        case BF16 -> target.putShort(toBfloat16(values[i]));
        default -> throw new IllegalArgumentException("floats cannot be written as " + dtype);
      }
    }
  }
}
