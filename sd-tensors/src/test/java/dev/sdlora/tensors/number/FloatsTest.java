package dev.sdlora.tensors.number;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FloatsTest {
  private static final int PATTERNS = 1 << 16;
  private static final short HALF_INFINITY = 0x7c00;
  private static final short BFLOAT16_INFINITY = 0x7f80;

  @Test
  void fromHalf_everyPattern_equalsDefinition() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      assertSame(Floats.fromHalf((short) bits), (float) defined(bits, 5, 10));
    }
  }

  @Test
  void fromBfloat16_everyPattern_equalsDefinition() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      assertSame(Floats.fromBfloat16((short) bits), (float) defined(bits, 8, 7));
    }
  }

  @Test
  void fromFloat8_everyPattern_equalsDefinition() {
    for (int bits = 0; bits < 1 << 8; bits++) {
      // The definition expects the sign among 16 bits. E4M3FN uses the exponent of infinities for
      // numbers, except with the largest fraction.
      int spread = (bits & 0x80) << 8 | (bits & 0x7f);
      double e4m3 =
          (bits & 0x7f) < 0x78
              ? defined(spread, 4, 3)
              : (bits & 0x7f) == 0x7f
                  ? Double.NaN
                  : (bits > 0x7f ? -1 : 1) * (1 + (bits & 7) / 8.0) * 256;
      assertSame(Floats.fromFloat8E4m3((byte) bits), (float) e4m3);
      assertSame(Floats.fromFloat8E5m2((byte) bits), (float) defined(spread, 5, 2));
    }
    assertThat(Floats.fromFloat8E4m3((byte) 0x7e)).isEqualTo(448);
    assertThat(Floats.fromFloat8E5m2((byte) 0x7b)).isEqualTo(57344);
  }

  @Test
  void toHalf_everyPattern_comesBack() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float value = Floats.fromHalf((short) bits);
      short back = Floats.toHalf(value);
      if (Float.isNaN(value)) {
        assertThat(Floats.fromHalf(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void toBfloat16_everyPattern_comesBack() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float value = Floats.fromBfloat16((short) bits);
      short back = Floats.toBfloat16(value);
      if (Float.isNaN(value)) {
        assertThat(Floats.fromBfloat16(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) bits);
      }
    }
  }

  /** Rounding changes only at midpoints, so these three points per gap cover all floats. */
  @Test
  void toHalf_aroundEveryMidpoint_roundsToNearestEven() {
    for (int bits = 0; bits < HALF_INFINITY; bits++) {
      float below = Floats.fromHalf((short) bits);
      // Above the largest number, the gap to infinity is as wide as the previous one.
      float above = bits + 1 == HALF_INFINITY ? 0x1p16f : Floats.fromHalf((short) (bits + 1));
      float middle = (below + above) / 2;
      short even = (short) (bits + (bits & 1));
      assertThat(Floats.toHalf(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Floats.toHalf(middle)).isEqualTo(even);
      assertThat(Floats.toHalf(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(Floats.toHalf(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void toBfloat16_aroundEveryMidpoint_roundsToNearestEven() {
    for (int bits = 0; bits < BFLOAT16_INFINITY; bits++) {
      float middle = Float.intBitsToFloat(bits << 16 | 0x8000);
      short even = (short) (bits + (bits & 1));
      assertThat(Floats.toBfloat16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Floats.toBfloat16(middle)).isEqualTo(even);
      assertThat(Floats.toBfloat16(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(Floats.toBfloat16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void narrowing_largestFloatsAndLowPayloadNaN_becomeInfinityAndStayNaN() {
    assertThat(Floats.toHalf(Float.MAX_VALUE)).isEqualTo(HALF_INFINITY);
    assertThat(Floats.toHalf(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(Floats.toBfloat16(Float.MAX_VALUE)).isEqualTo(BFLOAT16_INFINITY);
    float lowPayload = Float.intBitsToFloat(0x7f80_0001);
    assertThat(Floats.fromHalf(Floats.toHalf(lowPayload))).isNaN();
    assertThat(Floats.fromBfloat16(Floats.toBfloat16(lowPayload))).isNaN();
  }

  /** Compares bits, so that -0 differs from 0 while any NaN equals any other. */
  private static void assertSame(float actual, float expected) {
    assertThat(Float.floatToIntBits(actual)).isEqualTo(Float.floatToIntBits(expected));
  }

  /** The textbook value of a small float: sign, exponent and fraction as IEEE 754 defines them. */
  private static double defined(int bits, int exponentBits, int fractionBits) {
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >>> fractionBits) & ((1 << exponentBits) - 1);
    double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
    double sign = bits >>> 15 == 0 ? 1 : -1;
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * Math.pow(2, 1 - bias)
        : sign * (1 + fraction) * Math.pow(2, exponent - bias);
  }

  @Test
  void toFloat8E4m3_everyCode_isItself() {
    for (int code = 0; code < 256; code++) {
      float value = Floats.fromFloat8E4m3((byte) code);
      byte again = Floats.toFloat8E4m3(value);
      if (Float.isNaN(value)) {
        assertThat(again & 0x7f).isEqualTo(0x7f);
      } else {
        assertThat(again).isEqualTo((byte) code);
      }
    }
  }

  @Test
  void toFloat8E4m3_betweenCodes_isTheNearestOrTheEvenOne() {
    for (int code = 0; code < 0x7e; code++) {
      float low = Floats.fromFloat8E4m3((byte) code);
      float high = Floats.fromFloat8E4m3((byte) (code + 1));
      float middle = (low + high) / 2;
      assertThat(Floats.toFloat8E4m3(Math.nextDown(middle))).isEqualTo((byte) code);
      assertThat(Floats.toFloat8E4m3(Math.nextUp(middle))).isEqualTo((byte) (code + 1));
      assertThat(Floats.toFloat8E4m3(middle)).isEqualTo((byte) (code + code % 2));
      assertThat(Floats.toFloat8E4m3(-middle)).isEqualTo((byte) (0x80 | (code + code % 2)));
    }
    assertThat(Floats.toFloat8E4m3(1e9f)).isEqualTo((byte) 0x7e);
    assertThat(Floats.toFloat8E4m3(Float.NEGATIVE_INFINITY)).isEqualTo((byte) 0xfe);
  }
}
