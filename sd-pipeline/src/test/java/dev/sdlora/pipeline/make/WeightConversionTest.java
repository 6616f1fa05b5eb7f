package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversions of small models, compared with files that other programs wrote. */
class WeightConversionTest {
  private static final String UNET = "model.diffusion_model.";

  @TempDir Path folder;

  private ConvertedWeights convert(Path input, FileFormat format, String name) {
    return WeightConversion.of(input, format).write(folder.resolve(name));
  }

  private static Map<String, String> expected(String name) throws IOException {
    try (InputStream stream = WeightConversionTest.class.getResourceAsStream(name + ".txt")) {
      String text =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().collect(TreeMap::new, (map, line) -> put(map, line), Map::putAll);
    }
  }

  private static void put(Map<String, String> map, String line) {
    int key = line.startsWith("metadata ") ? line.indexOf(' ', 9) : line.indexOf(' ');
    map.put(line.substring(0, key), line.substring(key + 1));
  }

  private static Map<String, String> contents(Path path) {
    Map<String, String> contents = new TreeMap<>();
    TensorFile file = TensorFile.open(path);
    file.metadata().forEach((key, value) -> contents.put("metadata " + key, value));
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        String storage = file.storage(entry);
        String shape = entry.shape().toString().replace(" ", "");
        String sum = storage.equals("Q4_K") ? "" : " " + sum(reader.floats(entry));
        contents.put(entry.name(), storage + " " + shape + sum);
      }
    }
    return contents;
  }

  private static String sum(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return Long.toHexString(sum.getValue());
  }

  /** Writes the tensors whose names are changed to something. */
  private Path part(Path whole, String name, UnaryOperator<String> names) {
    TensorFile file = TensorFile.open(whole);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        String other = names.apply(entry.name());
        if (!other.isEmpty()) {
          byte[] bytes = reader.bytes(entry).array();
          writer.tensor(
              other,
              entry.dtype(),
              entry.shape(),
              channel -> channel.write(ByteBuffer.wrap(bytes)));
        }
      }
    }
    Path path = folder.resolve(name);
    writer.write(path);
    return path;
  }

  @Test
  void write_klein_isTheFileOfComfyUiGguf() throws IOException {
    ConvertedWeights converted =
        convert(TinyTransformers.klein(), FileFormat.Q8_0, "flux-2-klein-4b-Q8_0.gguf");
    assertThat(contents(converted.file())).isEqualTo(expected("flux2-klein-Q8_0"));
    assertThat(converted.bytes().keySet())
        .containsExactly("float16", "bfloat16", "Q8_0", "float32");
    assertThat(converted.bytes()).containsEntry("Q8_0", 29_376L);
    assertThat(converted.rmsError()).isBetween(1e-4, 2e-3);
    assertThat(converted.largestError()).isBetween(1e-3, 1 / 254.0 + 1e-3);
    assertThat(converted.worstTensor()).endsWith("linear2.weight");
  }

  @Test
  void write_zImage_isTheFileOfComfyUiGguf() throws IOException {
    ConvertedWeights converted =
        convert(TinyTransformers.zImageTurbo(), FileFormat.BF16, "z_image_turbo.gguf");
    assertThat(contents(converted.file())).isEqualTo(expected("z-image-BF16"));
    assertThat(converted.rmsError()).isZero();
    assertThat(converted.largestError()).isZero();
    assertThat(converted.worstTensor()).isEmpty();
  }

  @Test
  void write_qwen3_hasTheNamesAndMetadataOfLlamaCpp() throws IOException {
    Path input = TinyTransformers.kleinFolder().resolve("text_encoder/model.safetensors");
    Path file = convert(input, FileFormat.F16, "qwen3.gguf").file();
    assertThat(contents(file)).isEqualTo(expected("qwen3-F16"));
    Path smaller = convert(file, FileFormat.Q4_0, "qwen3-q4.gguf").file();
    assertThat(TensorFile.open(smaller).metadata())
        .containsEntry("qwen3.attention.head_count_kv", "2")
        .containsEntry("general.file_type", "2");
  }

  @Tag("slow")
  @Test
  void write_unetAlone_isFlattenedAsByComfyUiGguf() throws IOException {
    Path whole = FamilyFiles.checkpoint("sdxl", folder);
    Path unet =
        part(whole, "unet.safetensors", name -> name.startsWith(UNET) ? name.substring(22) : "");
    Path file = convert(unet, FileFormat.Q4_K, "unet.gguf").file();
    assertThat(contents(file)).containsAllEntriesOf(expected("sdxl-part-Q4_K_S"));
    // A prefix makes no difference.
    Path prefixed = part(whole, "other.safetensors", name -> name.startsWith(UNET) ? name : "");
    assertThat(convert(prefixed, FileFormat.Q4_K, "other.gguf").file())
        .hasSameBinaryContentAs(file);
  }

  @Test
  void write_t5_hasTheNamesOfLlamaCpp() {
    SafetensorsWriter writer = new SafetensorsWriter();
    String block = "encoder.block.0.layer.";
    writer
        .tensor("shared.weight", List.of(64L, 32L), new float[2048], DType.F16)
        .tensor(block + "0.SelfAttention.q.weight", List.of(64L, 32L), new float[2048], DType.F16)
        .tensor(
            block + "0.SelfAttention.relative_attention_bias.weight",
            List.of(32L, 64L),
            new float[2048],
            DType.F16)
        .tensor(block + "0.layer_norm.weight", List.of(32L), new float[32], DType.F16)
        .tensor(
            block + "1.DenseReluDense.wi_0.weight", List.of(80L, 32L), new float[2560], DType.F16)
        .tensor("encoder.final_layer_norm.weight", List.of(32L), new float[32], DType.F16);
    Path input = folder.resolve("t5.safetensors");
    writer.write(input);
    Path file = convert(input, FileFormat.Q5_0, "t5.gguf").file();
    TensorFile t5 = TensorFile.open(file);
    assertThat(t5.tensors().keySet())
        .containsExactlyInAnyOrder(
            "token_embd.weight",
            "enc.blk.0.attn_q.weight",
            "enc.blk.0.attn_rel_b.weight",
            "enc.blk.0.attn_norm.weight",
            "enc.blk.0.ffn_gate.weight",
            "enc.output_norm.weight");
    assertThat(t5.storage(t5.find("enc.blk.0.attn_rel_b.weight").orElseThrow()))
        .isEqualTo("float16");
    assertThat(t5.storage(t5.find("token_embd.weight").orElseThrow())).isEqualTo("Q5_0");
    assertThat(t5.metadata())
        .containsEntry("general.architecture", "t5encoder")
        .containsEntry("t5encoder.feed_forward_length", "80");
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void write_checkpoint_opensWithAlmostTheSameValues(FileFormat format) {
    Path input = FamilyFiles.checkpoint("sd2", folder);
    String ending = format.inSafetensors() ? ".safetensors" : ".gguf";
    ConvertedWeights converted = convert(input, format, "converted" + ending);
    TensorFile before = TensorFile.open(input);
    TensorFile after = TensorFile.open(converted.file());
    assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
    boolean floats = format == FileFormat.FP8 || format == FileFormat.FP8_SCALED;
    double most = floats ? 0x1p-4 : Math.max(0.003, 4 / Math.pow(2, format.bits()));
    try (TensorFile.Reader one = before.reader();
        TensorFile.Reader other = after.reader()) {
      for (TensorEntry entry : before.tensors().values()) {
        TensorEntry written = after.find(entry.name()).orElseThrow();
        assertThat(written.shape()).isEqualTo(entry.shape());
        float[] expected = one.floats(entry);
        float[] found = other.floats(written);
        float largest = 0;
        float error = 0;
        for (int i = 0; i < expected.length; i++) {
          largest = Math.max(largest, Math.abs(expected[i]));
          error = Math.max(error, Math.abs(expected[i] - found[i]));
        }
        boolean vae = entry.name().startsWith("first_stage_model.");
        assertThat(error)
            .as(entry.name())
            .isLessThanOrEqualTo((float) (vae ? 0.003 : most) * largest);
      }
    }
    assertThat(Checkpoint.open(converted.file()).family())
        .isEqualTo(Checkpoint.open(input).family());
    assertThat(converted.bytes().values().stream().mapToLong(bytes -> bytes).sum())
        .isLessThan(converted.file().toFile().length());
  }

  @Test
  void write_scaledFloats_haveTheNotesOfComfyUi() {
    Path file = convert(TinyTransformers.klein(), FileFormat.FP8_SCALED, "k.safetensors").file();
    TensorFile klein = TensorFile.open(file);
    TensorEntry weight = klein.find("single_blocks.0.linear1.weight").orElseThrow();
    assertThat(klein.storage(weight)).isEqualTo("float8_e4m3 scaled");
    assertThat(klein.storage(klein.find("img_in.weight").orElseThrow())).isEqualTo("bfloat16");
    Path integers = convert(TinyTransformers.klein(), FileFormat.INT8, "i.safetensors").file();
    TensorFile rows = TensorFile.open(integers);
    assertThat(rows.storage(rows.find("single_blocks.0.linear1.weight").orElseThrow()))
        .isEqualTo("int8 scaled");
  }

  @Test
  void write_quantisedInput_isWidened() {
    Path quantised = convert(TinyTransformers.klein(), FileFormat.Q8_0, "k.gguf").file();
    ConvertedWeights wide = convert(quantised, FileFormat.BF16, "k.safetensors");
    assertThat(wide.bytes()).containsOnlyKeys("bfloat16");
    assertThat(TensorFile.open(wide.file()).tensors()).hasSize(45);
  }

  @Test
  void write_otherName_keepsTheModelBase() {
    Path other = convert(TinyTransformers.kleinBase(), FileFormat.Q8_0, "klein.gguf").file();
    assertThat(TensorFile.open(other).metadata()).containsEntry("is_distilled", "false");
    Path same = convert(TinyTransformers.kleinBase(), FileFormat.Q8_0, "klein-base.gguf").file();
    assertThat(TensorFile.open(same).metadata()).doesNotContainKey("is_distilled");
  }

  /** Each family decides by its own rule whether a model is distilled. */
  @ParameterizedTest
  @CsvSource({
    "flux1Dev, flux1-dev-de-distill.safetensors, false",
    "chroma, chroma-flash.safetensors, true",
    "sd35Medium, sd3.5_large_turbo.safetensors, true",
  })
  void write_otherName_keepsTheDistillation(String model, String name, String distilled)
      throws IOException {
    Path source =
        switch (model) {
          case "flux1Dev" -> TinyTransformers.flux1Dev();
          case "chroma" -> TinyTransformers.chroma();
          default -> TinyTransformers.sd35Medium();
        };
    Path named = Files.copy(source, folder.resolve(name));
    Path converted = convert(named, FileFormat.Q8_0, "model.gguf").file();
    assertThat(TensorFile.open(converted).metadata()).containsEntry("is_distilled", distilled);
  }

  @Test
  void write_diffusersTransformer_onlyToSafetensors() {
    Path input = TinyTransformers.kleinFolder();
    Path file = convert(input, FileFormat.INT8, "k.safetensors").file();
    assertThat(TensorFile.open(file).tensors())
        .containsKey("transformer_blocks.0.attn.to_out.0.weight");
    assertThatThrownBy(() -> convert(input, FileFormat.Q8_0, "k.gguf"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has diffusers' names, which no program reads in GGUF files");
  }

  @ParameterizedTest
  @CsvSource({
    "Q8_0, x.safetensors, safetensors files do not have the format q8_0",
    "FP8, x.gguf, GGUF files do not have the format fp8",
    "BF16, x.ckpt, the file name must end in .gguf or .safetensors",
  })
  void write_otherExtension_isRefused(FileFormat format, String name, String sentence) {
    assertThatThrownBy(() -> convert(TinyTransformers.klein(), format, name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void write_noModel_isRefused() {
    Path lora = TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors");
    assertThatThrownBy(() -> convert(lora, FileFormat.Q8_0, "x.gguf"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("expected a checkpoint, a denoiser or a text encoder to quantise");
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor("x.weight", List.of(2L, 1024L), new float[2048], DType.F32);
    Path unknown = folder.resolve("unknown.safetensors");
    writer.write(unknown);
    assertThatThrownBy(() -> convert(unknown, FileFormat.FP8, "x.safetensors"))
        .hasMessageContaining("has tensors of an unknown model");
    assertThat(convert(unknown, FileFormat.BF16, "x.safetensors").bytes()).hasSize(1);
  }

  private Path klein(float weight, DType dtype) {
    float[] values = new float[64 * 256];
    values[70] = weight;
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor("double_blocks.0.img_attn.proj.weight", List.of(64L, 256L), values, dtype);
    writer.tensor("img_in.weight", List.of(64L, 256L), values, dtype);
    Path path = folder.resolve("input.safetensors");
    writer.write(path);
    return path;
  }

  @ParameterizedTest
  @CsvSource({"NaN, q8_0", "Infinity, q4_k", "-Infinity, fp8_scaled", "NaN, fp8", "NaN, int8"})
  void write_weightIsNotFinite_isRefused(float weight, String label) {
    FileFormat format = FileFormat.parse(label);
    String name = format.inGguf() ? "x.gguf" : "x.safetensors";
    Path input = klein(weight, DType.F32);
    assertThatThrownBy(() -> convert(input, format, name))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor 'double_blocks.0.img_attn.proj.weight'");
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(input));
  }

  @Test
  void write_weightIsTooLarge_isRefusedOrSaturates() {
    Path input = klein(1e9f, DType.BF16);
    for (FileFormat format : List.of(FileFormat.Q8_0, FileFormat.Q6_K, FileFormat.F16)) {
      assertThatThrownBy(() -> convert(input, format, "x.gguf"))
          .as(format.label().toUpperCase(Locale.ROOT))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("which is too large for");
    }
    ConvertedWeights saturated = convert(input, FileFormat.FP8, "x.safetensors");
    assertThat(saturated.largestError()).isCloseTo(1, within(1e-5));
    assertThat(convert(input, FileFormat.FP8_SCALED, "y.safetensors").rmsError()).isLessThan(0.01);
  }

  @Test
  void write_listener_getsEveryTensorAndMayStop() {
    List<String> done = new ArrayList<>();
    WeightConversion.of(TinyTransformers.klein(), FileFormat.Q8_0)
        .listener((count, total, name) -> done.add(count + "/" + total))
        .write(folder.resolve("x.gguf"));
    assertThat(done).hasSize(45).startsWith("1/45").endsWith("45/45");
    WeightConversion stopped =
        WeightConversion.of(TinyTransformers.klein(), FileFormat.Q8_0)
            .listener(
                (count, total, name) -> {
                  throw new IllegalStateException("stop");
                });
    assertThatThrownBy(() -> stopped.write(folder.resolve("y.gguf"))).hasMessage("stop");
    assertThat(folder.resolve("y.gguf")).doesNotExist();
  }

  @Test
  void write_interrupted_leavesNothing() {
    Path input = TinyTransformers.klein();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> convert(input, FileFormat.Q4_K, "x.gguf"))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      Thread.interrupted();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_ontoTheInput_isRefused() {
    Path input = klein(1, DType.BF16);
    assertThatThrownBy(() -> convert(input, FileFormat.FP8, "input.safetensors"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the output file is also an input");
  }
}
