package dev.sdlora.tensors.file.gguf;

import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The type of a tensor in a GGUF file, and the kinds of values in the metadata.
 *
 * @param dtype the dtype to callers
 * @param block the format of its blocks; empty if the dtype is the format
 */
public record GgufType(DType dtype, Optional<BlockType> block) {
  static final int UINT8 = 0;
  static final int INT8 = 1;
  static final int UINT16 = 2;
  static final int INT16 = 3;
  public static final int UINT32 = 4;
  public static final int INT32 = 5;
  public static final int FLOAT32 = 6;
  static final int BOOL = 7;
  public static final int STRING = 8;
  public static final int ARRAY = 9;
  static final int UINT64 = 10;
  static final int INT64 = 11;
  static final int FLOAT64 = 12;

  private static final Map<Integer, DType> PLAIN =
      Map.of(
          0,
          DType.F32,
          1,
          DType.F16,
          24,
          DType.I8,
          25,
          DType.I16,
          26,
          DType.I32,
          27,
          DType.I64,
          28,
          DType.F64,
          30,
          DType.BF16);

  /** Formats that are named in messages only. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  /** Returns the type with a number of ggml; empty if it cannot be read. */
  static Optional<GgufType> numbered(int number) {
    return Optional.ofNullable(PLAIN.get(number))
        .map(dtype -> new GgufType(dtype, Optional.empty()))
        .or(
            () ->
                BlockType.numbered(number)
                    .map(block -> new GgufType(DType.F32, Optional.of(block))));
  }

  /** Returns ggml's number of a dtype; empty if GGUF files do not have it. */
  public static Optional<Integer> numberOf(DType dtype) {
    return PLAIN.entrySet().stream()
        .filter(plain -> plain.getValue() == dtype)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Returns the name of a type that cannot be read. */
  static String name(int number) {
    return OTHERS.getOrDefault(number, "number " + Integer.toUnsignedString(number));
  }

  /** Returns the names of the floating-point types that can be read. */
  static String names() {
    List<String> plain = List.of("F32", "F16", "BF16");
    return Stream.concat(plain.stream(), Arrays.stream(BlockType.values()).map(BlockType::name))
        .collect(Collectors.joining(", "));
  }

  /** Returns the size of a number or flag in the metadata in bytes; 0 for other kinds. */
  static int width(int kind) {
    return switch (kind) {
      case UINT8, INT8, BOOL -> 1;
      case UINT16, INT16 -> 2;
      case UINT32, INT32, FLOAT32 -> 4;
      case UINT64, INT64, FLOAT64 -> 8;
      default -> 0;
    };
  }

  /** Whether a kind of value in the metadata is an integer. */
  static boolean isInteger(int kind) {
    return width(kind) > 0 && kind != FLOAT32 && kind != FLOAT64 && kind != BOOL;
  }
}
