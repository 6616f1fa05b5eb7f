package dev.sdlora.libtorch;

import ai.djl.ndarray.types.DataType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The dtypes of DJL and of libtorch. Stateless. */
final class Types {
  private Types() {}

  static ScalarType of(DataType type) {
    return switch (type) {
      case FLOAT32 -> ScalarType.Float;
      case FLOAT64 -> ScalarType.Double;
      case FLOAT16 -> ScalarType.Half;
      case BFLOAT16 -> ScalarType.BFloat16;
      case UINT8 -> ScalarType.Byte;
      case INT8 -> ScalarType.Char;
      case INT16 -> ScalarType.Short;
      case INT32 -> ScalarType.Int;
      case INT64 -> ScalarType.Long;
      case BOOLEAN -> ScalarType.Bool;
      default -> throw new IllegalArgumentException("libtorch has no dtype " + type);
    };
  }

  /** Returns UNKNOWN for the dtypes that only programs read. */
  static DataType of(ScalarType type) {
    return switch (type.intern()) {
      case Float -> DataType.FLOAT32;
      case Double -> DataType.FLOAT64;
      case Half -> DataType.FLOAT16;
      case BFloat16 -> DataType.BFLOAT16;
      case Byte -> DataType.UINT8;
      case Char -> DataType.INT8;
      case Short -> DataType.INT16;
      case Int -> DataType.INT32;
      case Long -> DataType.INT64;
      case Bool -> DataType.BOOLEAN;
      default -> DataType.UNKNOWN;
    };
  }
}
