package dev.sdlora.tensors.number;

/** The values of all codes of the formats of 4 and 8 bits. Stateless. */
public final class ByteFormats {
  /** E2M1 of the OCP Microscaling Formats specification: 2 exponent bits, 1 fraction bit. */
  private static final float[] E2M1 = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6
  };

  private static final int E8M0_BIAS = 127;
  private static final int CODES = 256;
  private static final float[] E4M3_VALUES = new float[CODES];
  private static final float[] E5M2_VALUES = new float[CODES];
  private static final float[] INT8_VALUES = new float[CODES];
  private static final float[] E8M0_VALUES = new float[CODES];

  static {
    for (int code = 0; code < CODES; code++) {
      E4M3_VALUES[code] = Floats.fromFloat8E4m3((byte) code);
      E5M2_VALUES[code] = Floats.fromFloat8E5m2((byte) code);
      INT8_VALUES[code] = (byte) code;
      E8M0_VALUES[code] = code == CODES - 1 ? Float.NaN : (float) Math.scalb(1.0, code - E8M0_BIAS);
    }
  }

  private ByteFormats() {}

  /** Returns the value of a code of 4 bits in the lowest bits of a number. */
  public static float fromE2m1(int code) {
    return E2M1[code & 0xf];
  }

  /** Returns the power of two that a byte stands for in scales; NaN for 255. */
  public static float fromE8m0(byte code) {
    return E8M0_VALUES[code & 0xff];
  }

  /** Returns the value of a byte of a dtype: an 8-bit float or a signed integer. */
  public static float value(DType dtype, byte code) {
    return table(dtype)[code & 0xff];
  }

  /** Sets floats to the values of bytes of a dtype: an 8-bit float or a signed integer. */
  public static void widen(DType dtype, byte[] codes, float[] values) {
    float[] table = table(dtype);
    for (int i = 0; i < values.length; i++) {
      values[i] = table[codes[i] & 0xff];
    }
  }

  private static float[] table(DType dtype) {
    return switch (dtype) {
      case F8_E4M3 -> E4M3_VALUES;
      case F8_E5M2 -> E5M2_VALUES;
      case I8 -> INT8_VALUES;
      default -> throw new IllegalArgumentException("not a dtype of quantised weights: " + dtype);
    };
  }
}
