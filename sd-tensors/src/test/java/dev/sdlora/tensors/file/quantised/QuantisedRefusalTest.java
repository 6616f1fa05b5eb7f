package dev.sdlora.tensors.file.quantised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantised files that are incomplete, damaged or in a format that is not supported. */
final class QuantisedRefusalTest {
  private static final String STATE = "a.weight.quant_state.bitsandbytes__nf4";

  @TempDir Path folder;

  private final SafetensorsWriter writer = new SafetensorsWriter();

  private Path path() {
    return folder.resolve("quantised.safetensors");
  }

  private QuantisedRefusalTest with(String name, DType dtype, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    int bytes = (int) TensorEntry.byteLength(sizes, dtype);
    writer.tensor(name, dtype, sizes, out -> out.write(ByteBuffer.allocate(bytes)));
    return this;
  }

  private QuantisedRefusalTest note(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writer.tensor(
        name, DType.U8, List.of((long) bytes.length), out -> out.write(ByteBuffer.wrap(bytes)));
    return this;
  }

  private void isRefused(String tensor, String message) {
    writer.write(path());
    assertThatThrownBy(() -> TensorFile.open(path()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("tensor file '" + path() + "' has ")
        .hasMessageContaining(message)
        .satisfies(
            e ->
                assertThat(((TensorFileException) e).details().tensor().orElse(""))
                    .isEqualTo(tensor));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 'a.comfy_quant' without the name of a format: missing",
        "{ | 'a.comfy_quant' that is not JSON",
        "[] | 'a.comfy_quant' without the name of a format: []",
        "{\"format\": 3} | 'a.comfy_quant' without the name of a format",
        "{\"format\": \"int8_tensorwise\", \"convrot\": 1} | convrot 1 and convrot_groupsize"
            + " missing,",
        "{\"format\": \"int8_tensorwise\", \"convrot\": true, \"convrot_groupsize\": 32} |"
            + " convrot true and convrot_groupsize 32, expected true or false and a power of 4",
        "{\"format\": \"int8_tensorwise\", \"convrot\": true, \"convrot_groupsize\": 1e9} |"
            + " expected",
        "{\"format\": \"int8_tensorwise\", \"params\": {\"convrot\": true, \"convrot_groupsize\":"
            + " 65536}} | up to 1024"
      })
  void open_noteThatIsNone_isRefused(String json, String message) {
    with("a.weight", DType.I8, 4, 512).with("a.weight_scale", DType.F32);
    note("a.comfy_quant", json).isRefused("", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "convrot_w4a4 | I8 | in the quantised format 'convrot_w4a4', which is not supported;",
        "int4 | U8 | in the quantised format 'int4', which is not supported; expected"
            + " float8_e4m3fn,",
        "float8_e4m3fn | I8 | in int8, but 'a.comfy_quant' says float8_e4m3fn; expected"
            + " float8_e4m3",
        "float8_e5m2 | F16 | in float16, but 'a.comfy_quant' says float8_e5m2; expected"
            + " float8_e5m2",
        "nvfp4 | I8 | in int8, but 'a.comfy_quant' says nvfp4; expected uint8",
        "nvfp4 | U8 | but no scale 'a.weight_scale_2'",
        "mxfp8 | F8_E4M3 | of shape [3, 24] in mxfp8, expected a matrix with rows of whole blocks"
            + " of 32"
      })
  void open_noteAndWeightDisagree_isRefused(String format, DType dtype, String message) {
    with("a.weight", dtype, 3, 24).with("a.weight_scale", DType.U8, 128, 4);
    note("a.comfy_quant", "{\"format\": \"%s\"}".formatted(format)).isRefused("a.weight", message);
  }

  @ParameterizedTest
  @CsvSource({"float8_e4m3fn, F8_E4M3", "int8_tensorwise, I8", "mxfp8, F8_E4M3", "nvfp4, U8"})
  void open_scaleOfNotedWeightIsMissing_isRefused(String format, DType dtype) {
    with("a.weight", dtype, 32, 32);
    note("a.comfy_quant", "{\"format\": \"%s\"}".formatted(format))
        .isRefused(
            "a.weight",
            "scaled as 'a.comfy_quant' specifies, but no scale 'a.weight_scale'; the file is"
                + " probably");
  }

  @Test
  void open_blockScalesWithoutPadding_areRefused() {
    with("a.weight", DType.F8_E4M3, 32, 64).with("a.weight_scale", DType.U8, 32, 2);
    note("a.comfy_quant", "{\"format\": \"mxfp8\"}")
        .isRefused(
            "a.weight_scale",
            "of uint8 [32, 2] for 'a.weight' in mxfp8, expected 512 numbers of 8 bits");
  }

  @Test
  void open_rotatedGroupsThatDoNotFitTheRows_areRefused() {
    with("a.weight", DType.I8, 4, 24).with("a.weight_scale", DType.F32);
    note("a.comfy_quant", "{\"format\": \"int8_tensorwise\", \"convrot\": true}")
        .isRefused("a.weight", "of shape [4, 24], rotated in groups of 256 inputs; expected rows");
  }

  @ParameterizedTest
  @CsvSource({"a.comfy_quant, U8", "a.weight_scale, F32", "a.scale_weight, F32"})
  void open_weightIsInAnotherFile_isRefused(String name, DType dtype) {
    if (dtype == DType.U8) {
      note(name, "{\"format\": \"mxfp8\"}");
    } else {
      with(name, dtype);
    }
    isRefused(name, "has tensor '" + name + "', but no tensor 'a.weight', which it describes; the");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no JSON | is not JSON",
        "{} | without an object 'layers'",
        "{\"layers\": {\"a\": {}}} | '_quantization_metadata.a' without the name of a format"
      })
  void open_metadataThatIsNone_isRefused(String json, String message) {
    writer.metadata(LayerNote.METADATA, json);
    isRefused("", message);
  }

  /** It could be rotated, which would spoil the network silently. */
  @Test
  void open_metadataWithoutAnIntegerWeight_isRefused() {
    writer.metadata(LayerNote.METADATA, "{\"layers\": {}}");
    with("a.weight", DType.I8, 4, 4).with("a.weight_scale", DType.F32);
    isRefused("a.weight", "in int8 that '_quantization_metadata' does not describe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | expected JSON",
        "{} | with shape [] for tensor 'a.weight' of uint8 [32, 1], expected half as many uint8",
        "{\"shape\": [8, 9], \"blocksize\": 64} | with shape [8, 9] for tensor 'a.weight'",
        "{\"shape\": [8, -8], \"blocksize\": 64} | negative size",
        "{\"shape\": [4294967296, 4294967296], \"blocksize\": 64} | overflows",
        "{\"shape\": [1e1], \"blocksize\": 64} | expected whole numbers as 'shape'",
        "{\"shape\": [99999999999999999999], \"blocksize\": 64} | expected whole numbers as"
            + " 'shape'",
        "{\"shape\": [8, 8]} | expected a number from 1 to 65536 as 'blocksize'",
        "{\"shape\": [8, 8], \"blocksize\": 0} | expected a number from 1 to 65536 as 'blocksize'",
        "{\"shape\": [8, 8], \"blocksize\": 64, \"nested_blocksize\": 256} | 'nested_offset'",
        "{\"shape\": [8, 8], \"blocksize\": 64, \"nested_blocksize\": 256, \"nested_offset\": NaN}"
            + " | expected a finite number as 'nested_offset'",
        "{\"shape\": [8, 8], \"blocksize\": 64, \"nested_blocksize\": 256, \"nested_offset\": 1} |"
            + " but no tensor 'a.weight.nested_absmax'; the file is probably incomplete"
      })
  void open_stateThatLies_isRefused(String json, String message) {
    with("a.weight", DType.U8, 32, 1)
        .with("a.weight.absmax", DType.F32, 1)
        .with("a.weight.quant_map", DType.F32, 16);
    note(STATE, json).isRefused(STATE, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.weight.absmax", "a.weight.quant_map"})
  void open_tableOfAnotherLength_isRefused(String tensor) {
    with("a.weight", DType.U8, 512, 1)
        .with("a.weight.absmax", DType.F32, tensor.endsWith("absmax") ? 15 : 16)
        .with("a.weight.quant_map", DType.F32, tensor.endsWith("absmax") ? 16 : 15);
    note(STATE, "{\"shape\": [32, 32], \"blocksize\": 64}")
        .isRefused(
            tensor,
            "has tensor '%s' of float32 [15] for 'a.weight', expected 16".formatted(tensor));
  }

  @Test
  void open_longNote_isRefused() {
    note("a.comfy_quant", " ".repeat(4097));
    isRefused("a.comfy_quant", "of uint8 [4097], expected a text of at most 4096 uint8");
  }

  @ParameterizedTest
  @CsvSource({"nan", "inf"})
  void floats_exponentThatIsNoFactor_isRefused(String kind) {
    with("a.weight", DType.F8_E4M3, 1, 32);
    byte[] scales = new byte[512];
    scales[0] = (byte) (kind.equals("nan") ? 255 : 254);
    writer.tensor(
        "a.weight_scale", DType.U8, List.of(128L, 4L), out -> out.write(ByteBuffer.wrap(scales)));
    note("a.comfy_quant", "{\"format\": \"mxfp8\"}");
    writer.write(path());
    TensorFile file = TensorFile.open(path());
    try (TensorFile.Reader reader = file.reader()) {
      TensorEntry entry = file.find("a.weight").orElseThrow();
      if (kind.equals("nan")) {
        assertThatThrownBy(() -> reader.floats(entry))
            .isInstanceOf(TensorFileException.class)
            .hasMessageContaining("has NaN in tensor 'a.weight_scale', expected a finite factor");
      } else {
        assertThat(reader.floats(entry)).containsOnly(0);
      }
    }
  }

  /** A dtype of scales, which some programs write where others write bytes. */
  @Test
  void open_exponentsWithADTypeOfTheirOwn_areRead() throws IOException {
    with("a.weight", DType.F8_E4M3, 1, 32).with("a.weight_scale", DType.U8, 128, 4);
    note("a.comfy_quant", "{\"format\": \"mxfp8\"}");
    writer.write(path());
    String bytes = Files.readString(path(), StandardCharsets.ISO_8859_1);
    String place = "\"a.weight_scale\":{\"dtype\":\"U8\",";
    assertThat(bytes).contains(place);
    int length = bytes.charAt(0) + (bytes.charAt(1) << 8) + 5;
    String renamed =
        (char) (length & 0xff)
            + ""
            + (char) (length >> 8)
            + bytes.substring(2).replace(place, place.replace("U8", "F8_E8M0"));
    Files.writeString(path(), renamed, StandardCharsets.ISO_8859_1);
    TensorFile file = TensorFile.open(path());
    assertThat(file.storage(file.find("a.weight").orElseThrow())).isEqualTo("mxfp8");
  }
}
