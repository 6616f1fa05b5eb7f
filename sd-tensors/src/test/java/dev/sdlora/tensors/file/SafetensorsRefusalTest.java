package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SafetensorsRefusalTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{1}")
  @MethodSource("badFiles")
  void open_badFile_saysWhichFileAndWhy(byte[] content, String reason) throws IOException {
    Path path = Files.write(folder.resolve("model.safetensors"), content);

    assertThatThrownBy(() -> TensorFile.open(path))
        .isInstanceOfSatisfying(
            TensorFileException.class, e -> assertThat(e.tensor()).isEqualTo(named(e)))
        .hasMessageContaining("'" + path + "'")
        .hasMessageContaining(reason);
  }

  /** Returns the tensor named in the message, if the error is about one. */
  private static Optional<String> named(TensorFileException error) {
    Matcher tensor =
        Pattern.compile("is damaged: tensor '(.*?)' ").matcher(String.valueOf(error.getMessage()));
    return tensor.find() ? Optional.of(tensor.group(1)) : Optional.empty();
  }

  @Test
  void open_missingFile_saysSo() {
    assertThatThrownBy(() -> TensorFile.open(folder.resolve("gone.safetensors")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("gone.safetensors' does not exist");
  }

  @Test
  void open_folder_saysSo() {
    assertThatThrownBy(() -> TensorFile.open(folder))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(folder + "' is a folder");
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(foreign(), lengths(), json(), entries(), layout()).flatMap(s -> s);
  }

  private static Stream<Arguments> foreign() {
    return Stream.of(
        arguments(text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "Git LFS"),
        arguments(text("<!DOCTYPE html><p>Log in</p>"), "needs a login"),
        arguments(text("\u00ef\u00bb\u00bf\r\n \t<HTML><body>"), "is an HTML page"),
        arguments(text("{\"error\":\"Unauthorized\"}"), "server's error message"),
        arguments(
            text("PK\u0003\u0004\0\0\0\0\0\0archive/data.pkl"),
            "zip archive without the directory"),
        arguments(text("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j"), "ends too early"));
  }

  private static Stream<Arguments> lengths() {
    return Stream.of(
        arguments(new byte[0], "has 0 bytes"),
        arguments(new byte[7], "has 7 bytes, fewer than the 8"),
        arguments(RawFiles.prefixed(640, "{}"), "header of 640 bytes, but has only 10"),
        arguments(
            RawFiles.prefixed((16 << 20) + 1, "{}"), "16777217 bytes, more than the 16777216"),
        arguments(RawFiles.prefixed(-1, "{}"), "a header of 18446744073709551615 bytes"));
  }

  private static Stream<Arguments> json() {
    return Stream.of(
        header("", "not a JSON object"),
        header("[]", "not a JSON object"),
        header("{\"a\":", "not valid JSON"),
        header("{", "close marker for Object (opened at line 1, column 1) (line 1, column 2)"),
        header("{}{}", "text after the JSON object"),
        arguments(RawFiles.prefixed(4, "{\"\u00c0\""), "not UTF-8"),
        header("{\"a\":{\"b\":1,\"b\":2}}", "Duplicate"),
        header("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", "Duplicate"),
        header("{" + empty("a") + "," + empty("a") + "}", "Duplicate"),
        header("{\"__metadata__\":[]}", "not an object of strings"),
        header("{\"__metadata__\":{\"rank\":4}}", "metadata 'rank' that is not a string"));
  }

  private static Stream<Arguments> entries() {
    return Stream.of(
        header("{\"a\":3}", "'a' is described by VALUE_NUMBER_INT"),
        header("{\"a\":{}}", "tensor 'a' has no dtype"),
        header("{\"a\":{\"dtype\":\"U8\"}}", "tensor 'a' has no shape"),
        header("{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", "tensor 'a' has no data_offsets"),
        entry("F4", "[1]", "[0,1]", "dtype 'F4', expected one of [F64"),
        entry("U8", "1", "[0,1]", "shape that is not an array"),
        entry("U8", "[1.0]", "[0,1]", "shape with '1.0'"),
        entry("U8", "[99999999999999999999]", "[0,1]", "expected a 64-bit integer"),
        entry("U8", "[-1]", "[0,1]", "[-1] has a negative size"),
        entry("U8", "[4294967296,4294967296,0]", "[0,1]", "overflows"),
        entry("I64", "[4611686018427387904]", "[0,1]", "overflows"),
        entry("F32", "[2,3]", "[0,1]", "needs 24 bytes, but its data_offsets span 1"));
  }

  private static Stream<Arguments> layout() {
    return Stream.of(
        entry("U8", "[1]", "[1]", "expected a begin and an end"),
        entry("U8", "[1]", "[1,0]", "reverse order"),
        entry("U8", "[1]", "[-1,0]", "negative"),
        entry("U8", "[2]", "[0,2]", "ends at byte 2 of the data, but the file has only 1"),
        arguments(twoTensors("[0,2]", "[1,3]", 3), "tensor 'b' overlaps"),
        arguments(twoTensors("[0,2]", "[3,5]", 5), "tensor 'b' follows a gap of 1 bytes"),
        arguments(twoTensors("[0,2]", "[2,4]", 9), "5 bytes after its last tensor"));
  }

  private static Arguments header(String json, String reason) {
    return arguments(RawFiles.safetensors(json, 0), reason);
  }

  /** Returns a file with one byte of data. */
  private static Arguments entry(String dtype, String shape, String offsets, String reason) {
    String json = "{\"a\":" + description(dtype, shape, offsets) + "}";
    return arguments(RawFiles.safetensors(json, 1), reason);
  }

  private static byte[] twoTensors(String offsetsA, String offsetsB, int dataBytes) {
    String a = "\"a\":" + description("U8", "[2]", offsetsA);
    String b = "\"b\":" + description("U8", "[2]", offsetsB);
    return RawFiles.safetensors("{" + b + "," + a + "}", dataBytes);
  }

  private static String empty(String name) {
    return "\"" + name + "\":" + description("U8", "[0]", "[0,0]");
  }

  private static String description(String dtype, String shape, String offsets) {
    return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(dtype, shape, offsets);
  }

  private static byte[] text(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
