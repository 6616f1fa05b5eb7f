package dev.sdlora.tensors.file.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class GgufRefusalTest {
  private static final List<Long> BLOCK = List.of(1L, 256L);

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("badFiles")
  void open_badFile_throwsAndNamesTheReason(byte[] content, String reason) throws IOException {
    Path path = Files.write(folder.resolve("bad.gguf"), content);
    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("tensor file '" + path + "' ")
        .hasMessageContaining(reason);
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(versions(), counts(), pairs(), shapes(), tensors(), places())
        .flatMap(each -> each);
  }

  private static Stream<Arguments> versions() {
    byte[] good = good().bytes();
    return Stream.of(
        refused(good().version(1), "is a GGUF file of version 1, expected version 3; convert it"),
        refused(good().version(2), "is a GGUF file of version 2, expected version 3; convert it"),
        refused(good().version(4), "is a GGUF file of version 4, expected version 3"),
        refused(good().version(-1), "is a GGUF file of version 4294967295, expected version 3"),
        refused(good().version(3 << 24), "is a GGUF file for big-endian machines"),
        arguments(Arrays.copyOf(good, 4), "ends within its header, in a byte at byte 4"),
        arguments(Arrays.copyOf(good, 20), "ends within its header"),
        arguments(Arrays.copyOf(good, 30), "ends within its header"),
        arguments(Arrays.copyOf(good, good.length - 40), "but the file has only"));
  }

  private static Stream<Arguments> counts() {
    return Stream.of(
        refused(new RawGguf().counts(-1, 0), "declares 18446744073709551615 tensors"),
        refused(new RawGguf().counts(40_001, 0), "declares 40001 tensors"),
        refused(new RawGguf().counts(0, 1L << 40), "declares 1099511627776 pairs of metadata"),
        refused(new RawGguf().counts(40_000, 0), "ends within its header"),
        refused(new RawGguf().counts(0, 5000), "ends within its header"));
  }

  private static Stream<Arguments> pairs() {
    byte[] huge = RawGguf.int64(Long.MAX_VALUE);
    return Stream.of(
        refused(good().pair("a", 13, new byte[8]), "metadata 'a' is of kind 13, expected 0 to 12"),
        refused(good().pair("a", -1, new byte[8]), "is of kind 4294967295"),
        refused(good().pair("a", 8, huge), "ends within its header, in metadata 'a'"),
        refused(good().pair("a", 8, RawGguf.int64(-1)), "ends within its header, in metadata 'a'"),
        refused(good().pair("a", 9, array(4, Long.MAX_VALUE)), "ends within its header"),
        refused(good().pair("a", 9, array(10, 1L << 61)), "ends within its header"),
        refused(good().pair("a", 9, array(8, -1)), "ends within its header"),
        refused(good().pair("a", 9, array(8, 1L << 60)), "ends within its header"),
        refused(good().pair("a", 9, array(9, 1)), "is an array of kind 9"),
        refused(good().pair("a", 9, array(77, 1)), "is an array of kind 77"),
        refused(good().pair("a", "b").pair("a", "c"), "metadata 'a' occurs twice"),
        refused(good().pair("k".repeat(5000), "v"), "has a key of 5000 bytes"),
        refused(good().pair("\u00e4", "v"), "has a key that is not UTF-8"),
        refused(good().pair("a", "\u00ff"), "has metadata 'a' that is not UTF-8"),
        refused(good().pair("general.alignment", 4, RawGguf.int32(0)), "expected a power of 2"),
        refused(good().pair("general.alignment", 4, RawGguf.int32(24)), "expected a power of 2"),
        refused(good().pair("general.alignment", 4, RawGguf.int32(-1)), "expected a power of 2"),
        refused(good().pair("general.alignment", "x"), "is 'x', expected a power of 2"));
  }

  private static Stream<Arguments> shapes() {
    String key = "comfy.gguf.orig_shape.x";
    return Stream.of(
        refused(good().integers(key, 2, 127), "[2, 127], which has another number of elements"),
        refused(good().integers(key, -1, -256), "has a negative size"),
        refused(good().integers(key, Integer.MAX_VALUE, Integer.MAX_VALUE, 8), "overflows"),
        refused(good().pair(key, 9, array(6, 1)), "expected a shape: at most 64 integers"),
        refused(good().pair(key, 9, array(5, 65)), "expected a shape: at most 64 integers"),
        refused(good().pair(key, 9, array(5, -1)), "expected a shape: at most 64 integers"));
  }

  private static Stream<Arguments> tensors() {
    return Stream.of(
        refused(one(16, BLOCK), "has tensor 'x' in the format IQ2_XXS, which is not supported"),
        refused(one(39, BLOCK), "has tensor 'x' in the format MXFP4, which is not supported"),
        refused(one(4, BLOCK), "in the format number 4, which is not supported; expected one of"),
        refused(one(-1, BLOCK), "in the format number 4294967295"),
        refused(one(0, List.of(1L, 1L, 1L, 1L, 1L)), "has 5 dimensions, expected at most 4"),
        refused(one(0, List.of(-1L)), "has a negative size"),
        refused(one(0, List.of(1L << 40, 1L << 40)), "overflows"),
        refused(one(RawGguf.Q8_0, List.of(1L << 61)), "overflows"),
        refused(one(RawGguf.Q8_0, List.of(1L << 40)), "it was probably cut off"),
        refused(one(RawGguf.Q8_0, List.of(8L, 16L)), "rows of 16 elements, expected a multiple"),
        refused(one(RawGguf.Q4_K, List.of(8L, 32L)), "rows of 32 elements, expected a multiple"),
        refused(one(RawGguf.Q8_0, List.of()), "rows of 1 elements"),
        refused(good().info("x", 0, List.of(1L), 0), "tensor 'x' occurs twice"),
        refused(
            new RawGguf().info("n".repeat(5000), 0, List.of(1L), 0),
            "has the name of a tensor of 5000 bytes"));
  }

  private static Stream<Arguments> places() {
    return Stream.of(
        refused(good().info("y", 0, List.of(1L), -32), "but the file has only"),
        refused(good().info("y", 0, List.of(1L), 1L << 40), "but the file has only"),
        refused(good().info("y", 0, List.of(1L), Long.MAX_VALUE - 31), "but the file has only"),
        refused(good().info("y", 0, List.of(1L), 32), "overlaps the tensor before it"),
        refused(good().info("y", 0, List.of(1L), 0), "overlaps the tensor before it"),
        refused(good().info("y", 0, List.of(1L), 4), "expected a multiple of 32"),
        refused(good().gap(64).tensor("y", 0, List.of(1L), new byte[4]), "follows a gap of 64"),
        refused(
            new RawGguf().gap(32).tensor("y", 0, List.of(1L), new byte[4]), "follows a gap of 32"),
        refused(
            new RawGguf()
                .info("y", 24, List.of(1L), 96)
                .tensor("x", 24, List.of(128L), new byte[128]),
            "overlaps"));
  }

  private static RawGguf good() {
    return new RawGguf().tensor("x", RawGguf.Q4_K, BLOCK, new byte[144]);
  }

  private static RawGguf one(int type, List<Long> shape) {
    return new RawGguf().tensor("x", type, shape, new byte[160]);
  }

  private static byte[] array(int kind, long count) {
    byte[] array = new byte[20];
    System.arraycopy(RawGguf.int32(kind), 0, array, 0, 4);
    System.arraycopy(RawGguf.int64(count), 0, array, 4, 8);
    return array;
  }

  private static Arguments refused(RawGguf file, String reason) {
    return arguments(file.bytes(), reason);
  }
}
