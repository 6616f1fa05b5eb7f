package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.SettingsJson;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.testkit.TinyFamilies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Tests of merging two or three checkpoints. */
@Tag("slow")
class CheckpointMergingTest {
  private static final Path A = TinyFiles.CHECKPOINT;
  private static final String POSITIONS = ".position_ids";
  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";

  private Path folder = Path.of("");

  @BeforeProperty
  void createFolder() throws IOException {
    folder = Files.createTempDirectory("merge");
  }

  @AfterProperty
  void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Path file(String name) {
    return folder.resolve(name + ".safetensors");
  }

  /** Writes the same model with other values, some of them negative zeros. */
  private Path noisy(String name, int seed) {
    Random random = new Random(seed);
    return TinyFiles.inFloat32(
        A,
        file(name),
        tensor -> true,
        (tensor, values) -> {
          for (int i = 0; i < values.length && !tensor.endsWith(POSITIONS); i++) {
            values[i] = i % 97 == 0 ? -0.0f : values[i] + 0.1f * (random.nextFloat() - 0.5f);
          }
          return values;
        });
  }

  private static float[] values(Path file, String tensor) {
    TensorFile opened = TensorFile.open(file);
    try (TensorFile.Reader reader = opened.reader()) {
      return reader.floats(opened.find(tensor).orElseThrow());
    }
  }

  private static Map<String, float[]> values(Path file) {
    TensorFile opened = TensorFile.open(file);
    Map<String, float[]> values = new TreeMap<>();
    try (TensorFile.Reader reader = opened.reader()) {
      opened.tensors().forEach((name, entry) -> values.put(name, reader.floats(entry)));
    }
    return values;
  }

  private static float[] at(Map<String, float[]> values, String tensor) {
    return Objects.requireNonNull(values.get(tensor), tensor);
  }

  /** A plain implementation of the formulas. */
  private static float[] twin(double m, float[] a, float[] b, float[] c) {
    if (m == 0) {
      return a; // including negative zeros
    }
    float[] sum = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      double exact = c.length == 0 ? a[i] * (1 - m) + b[i] * m : a[i] + ((double) b[i] - c[i]) * m;
      sum[i] = (float) exact;
    }
    return sum;
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void write_isTheWeightedSum(
      @ForAll @DoubleRange(min = -0.5, max = 1.5) double multiplier, @ForAll int seed) {
    Path a = noisy("a", seed);
    Path b = noisy("b", seed + 1);
    Path sum = file("sum");
    CreatedCheckpoint merged =
        CheckpointMerging.weightedSum(a, b).multiplier(multiplier).write(sum);

    TensorFile written = TensorFile.open(sum);
    assertThat(written.tensors().keySet()).isEqualTo(TensorFile.open(a).tensors().keySet());
    assertThat(merged)
        .isEqualTo(
            new CreatedCheckpoint(
                sum, written.tensors().size() - 1, 1, List.of(), Optional.empty(), 0));
    Map<String, float[]> one = values(a);
    Map<String, float[]> two = values(b);
    values(sum)
        .forEach(
            (tensor, values) -> {
              if (!tensor.endsWith(POSITIONS)) {
                assertThat(values)
                    .as(tensor)
                    .isEqualTo(twin(multiplier, at(one, tensor), at(two, tensor), new float[0]));
              }
            });
  }

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void write_isTheDifferenceAdded(
      @ForAll @DoubleRange(min = -1, max = 2) double multiplier, @ForAll int seed) {
    Path b = noisy("b", seed);
    Path c = noisy("c", seed + 1);
    Path sum = file("sum");
    CheckpointMerging.addDifference(A, b, c)
        .multiplier(multiplier)
        .fileFormat(NumberFormat.BFLOAT16)
        .write(sum);
    Map<String, float[]> one = values(A);
    Map<String, float[]> two = values(b);
    Map<String, float[]> base = values(c);
    values(sum)
        .forEach(
            (tensor, values) -> {
              float[] wanted = twin(multiplier, at(one, tensor), at(two, tensor), at(base, tensor));
              for (int i = 0; i < wanted.length; i++) {
                wanted[i] = Floats.fromBfloat16(Floats.toBfloat16(wanted[i]));
              }
              assertThat(values)
                  .as(tensor)
                  .isEqualTo(tensor.endsWith(POSITIONS) ? at(one, tensor) : wanted);
            });
  }

  @Example
  void write_multiplierAtItsEnds_isOneOfThem_bitForBit() {
    Path a = noisy("a", 1);
    Path b =
        TinyFiles.inFloat32(
            noisy("plain", 2),
            file("b"),
            tensor -> true,
            (tensor, values) -> {
              values[0] = tensor.endsWith(POSITIONS) ? 0 : Float.NaN;
              return values;
            });
    Path sum = file("sum");
    CheckpointMerging.weightedSum(a, b).multiplier(0).write(sum);
    assertThat(TinyFiles.tensors(sum)).isEqualTo(TinyFiles.tensors(a));
    CheckpointMerging.weightedSum(a, b).multiplier(1).write(sum);
    assertThat(TinyFiles.tensors(sum)).isEqualTo(TinyFiles.tensors(b));
    CheckpointMerging.addDifference(a, b, a).multiplier(0).write(sum);
    assertThat(TinyFiles.tensors(sum)).isEqualTo(TinyFiles.tensors(a));
  }

  @Example
  void write_blocks_haveTheirMultipliers() {
    Path b = noisy("b", 3);
    double[] multipliers = IntStream.range(0, 26).mapToDouble(i -> (i + 1) / 32.0).toArray();
    Path sum = file("sum");
    CheckpointMerging.weightedSum(A, b)
        .blocks(BlockWeights.of(multipliers))
        .fileFormat(NumberFormat.FLOAT32)
        .write(sum);
    Map.of(
            "cond_stage_model.transformer.text_model.final_layer_norm.weight",
            0,
            "first_stage_model.decoder.conv_out.weight",
            0,
            CONV_IN,
            1,
            "model.diffusion_model.time_embed.0.weight",
            1,
            "model.diffusion_model.input_blocks.11.0.in_layers.2.weight",
            12,
            "model.diffusion_model.middle_block.1.proj_in.weight",
            13,
            "model.diffusion_model.output_blocks.0.0.in_layers.2.weight",
            14,
            "model.diffusion_model.output_blocks.11.1.proj_in.weight",
            25,
            "model.diffusion_model.out.2.weight",
            25)
        .forEach(
            (tensor, block) ->
                assertThat(values(sum, tensor))
                    .as(tensor)
                    .isEqualTo(
                        twin(
                            multipliers[block],
                            values(A, tensor),
                            values(b, tensor),
                            new float[0])));
    assertThatThrownBy(
            () ->
                CheckpointMerging.weightedSum(A, b)
                    .blocks(BlockWeights.of(new double[20]))
                    .write(sum))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("20 block weights do not fit SD 1.x")
        .hasMessageEndingWith("expected 17 or 26");
  }

  /** Writes a model whose first convolution has more input channels. */
  private Path inpainting() {
    TensorFile file = TensorFile.open(A);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (entry.name().equals(CONV_IN)) {
          float[] values = new float[32 * 9 * 9];
          for (int i = 0; i < values.length; i++) {
            values[i] = i / 1024f;
          }
          writer.tensor(CONV_IN, List.of(32L, 9L, 3L, 3L), values, DType.F32);
        } else {
          writer.tensor(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              channel -> channel.write(reader.bytes(entry)));
        }
      }
      writer.write(file("inpainting"));
    }
    return file("inpainting");
  }

  @Example
  void write_inpaintingModelFirst_mergesTheChannelsOfLatents() {
    Path inpainting = inpainting();
    Path b = noisy("b", 4);
    Path sum = file("sum");
    CheckpointMerging.addDifference(inpainting, b, A).multiplier(1).write(sum);
    float[] before = values(inpainting, CONV_IN);
    float[] after = values(sum, CONV_IN);
    float[] two = values(b, CONV_IN);
    float[] base = values(A, CONV_IN);
    for (int i = 0; i < before.length; i++) {
      int channel = i / 9 % 9;
      int place = i / 81 * 36 + channel * 9 + i % 9;
      double change = channel < 4 ? (double) two[place] - base[place] : 0;
      assertThat(after[i]).isEqualTo((float) (before[i] + change));
    }
    assertThat(CheckpointReader.read(sum).unet().config().inChannels()).isEqualTo(9);
    assertThat(TensorFile.open(sum).metadata().get("sd_merge_recipe"))
        .contains("\"is_inpainting\":true");

    CheckpointMerging.weightedSum(inpainting, b).multiplier(1).write(sum);
    assertThat(values(sum, CONV_IN)[4 * 9]).isEqualTo(before[4 * 9]);
    assertThat(values(sum, CONV_IN)[81]).isEqualTo(two[36]);

    assertThatThrownBy(() -> CheckpointMerging.weightedSum(A, inpainting).write(sum))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor '" + CONV_IN + "' has shape [32, 4, 3, 3] in the first and ")
        .hasMessageContaining("a model that reads more channels must be the first");
  }

  @Example
  void write_otherSizes_areRefusedByTheFirstTensor() {
    assertThatThrownBy(() -> CheckpointMerging.weightedSum(A, TinyFiles.FOLDER).write(file("sum")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("(SD 1.x) cannot be merged: tensor 'cond_stage_model.transformer.")
        .hasMessageContaining("token_embedding.weight' has shape [49408, 32] in the first and")
        .hasMessageContaining("[1000, 32] in the second");
    assertThat(folder).isEmptyDirectory();
  }

  @Example
  void write_modelsOfSdxl_areMerged() {
    Path model = TinyFamilies.sdxl();
    Path sum = file("sum");
    double[] multipliers = new double[20];
    multipliers[19] = 1; // OUT08
    CheckpointMerging.addDifference(model, model, model)
        .blocks(BlockWeights.of(multipliers))
        .write(sum);
    assertThat(TinyFiles.tensors(sum)).isEqualTo(TinyFiles.tensors(model));
    assertThat(CheckpointReader.read(sum).checkpoint().family()).isEqualTo(ModelFamily.SDXL);
    assertThatThrownBy(() -> CheckpointMerging.weightedSum(A, model).write(sum))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("(SD 1.x) and '" + model + "' (SDXL) cannot be merged: tensor '");
  }

  @Example
  void write_folders_becomeAFile() {
    Path sum = file("sum");
    CreatedCheckpoint merged =
        CheckpointMerging.weightedSum(TinyFiles.FOLDER, TinyFiles.FOLDER).write(sum);
    assertThat(merged.kept()).isZero();
    assertThat(CheckpointReader.read(sum).unet().config())
        .isEqualTo(CheckpointReader.read(TinyFiles.FOLDER).unet().config());
  }

  @Example
  void write_recipe_isThatOfA1111() throws IOException {
    Path b = noisy("b", 5);
    Path first = file("first");
    CheckpointMerging.weightedSum(A, b).multiplier(0.25).write(first);
    Path second = file("second");
    CheckpointMerging.weightedSum(first, b).fileFormat(NumberFormat.FLOAT16).write(second);

    Map<String, String> metadata = TensorFile.open(second).metadata();
    JsonNode recipe = SettingsJson.parse(metadata.getOrDefault("sd_merge_recipe", ""));
    assertThat(recipe.path("primary_model_hash").asText()).isEqualTo(FileHashes.sha256(first));
    assertThat(recipe.path("secondary_model_hash").asText()).isEqualTo(FileHashes.sha256(b));
    assertThat(recipe.path("tertiary_model_hash").isNull()).isTrue();
    assertThat(recipe.path("interp_method").asText()).isEqualTo("Weighted sum");
    assertThat(recipe.path("multiplier").asDouble()).isEqualTo(0.5);
    assertThat(recipe.path("save_as_half").asBoolean()).isTrue();
    JsonNode models = SettingsJson.parse(metadata.getOrDefault("sd_merge_models", ""));
    assertThat(models.properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder(
            FileHashes.sha256(first), FileHashes.sha256(b), FileHashes.sha256(A));
    JsonNode parent = models.path(FileHashes.sha256(first));
    assertThat(parent.path("name").asText()).isEqualTo("first.safetensors");
    assertThat(parent.path("legacy_hash").asText()).isEqualTo(FileHashes.legacy(first));
    assertThat(parent.path("sd_merge_recipe").path("multiplier").asDouble()).isEqualTo(0.25);
  }

  @Example
  void write_cancelled_leavesNoFile() throws IOException {
    Path sum = file("sum");
    assertThatThrownBy(
            () ->
                CheckpointMerging.weightedSum(A, A)
                    .listener(
                        (done, total, layer) -> {
                          if (done == 7) {
                            throw new IllegalStateException("enough at " + layer);
                          }
                        })
                    .write(sum))
        .hasMessageContaining("enough at ");
    assertThat(folder).isEmptyDirectory();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> CheckpointMerging.weightedSum(A, A).write(sum))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Example
  void write_tooLargeForHalf_isRefused() {
    Path large =
        TinyFiles.inFloat32(
            A,
            file("large"),
            tensor -> true,
            (tensor, values) -> {
              Arrays.fill(values, tensor.equals(CONV_IN) ? 200_000 : 0);
              return values;
            });
    assertThatThrownBy(() -> CheckpointMerging.weightedSum(A, large).write(file("sum")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor '" + CONV_IN + "' would hold ")
        .hasMessageContaining("too large for float16");
    assertThat(Files.exists(file("sum"))).isFalse();
  }

  /** Tensors outside the networks may have any name and size. */
  @Example
  void write_strangersInTheFile_areNoReasonToFail() {
    String name = "model.diffusion_model.output_blocks.99999999999.0.bias";
    Path one = withStranger("one", name, 3);
    Path sum = file("sum");
    BlockWeights halves = BlockWeights.parse(String.join(",", Collections.nCopies(26, "0.5")));
    CheckpointMerging.weightedSum(one, one).blocks(halves).write(sum);
    assertThat(values(sum, name)).containsExactly(0, 1, 2);
  }

  /** Only the U-Net's first kernel is read completely for each piece. */
  @Example
  void write_largeKernelsThatReadMore_areRefused() {
    Path large = withStranger("large", "kernel", 1, 1 << 21, 1, 1);
    Path small = withStranger("small", "kernel", 1, (1 << 21) - 1, 1, 1);
    assertThatThrownBy(() -> CheckpointMerging.weightedSum(large, small).write(file("sum")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "tensor 'kernel' has shape [1, 2097152, 1, 1] in the first and [1, 2097151");
    assertThat(file("sum")).doesNotExist();
  }

  /** Writes the checkpoint with an additional tensor that contains the numbers from 0. */
  private Path withStranger(String file, String name, int... shape) {
    TensorFile base = TensorFile.open(A);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = base.reader()) {
      for (TensorEntry entry : base.tensors().values()) {
        writer.tensor(
            entry.name(), entry.dtype(), entry.shape(), out -> out.write(reader.bytes(entry)));
      }
      float[] numbers = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i % 2048;
      }
      List<Long> sizes = IntStream.of(shape).mapToObj(size -> (long) size).toList();
      writer.tensor(name, sizes, numbers, DType.F16).write(file(file));
    }
    return file(file);
  }

  /** 8-bit weights are converted to float16, and their scales are removed. */
  @Example
  void write_float8_becomesHalf() {
    TensorFile file = TensorFile.open(A);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (TensorEntry entry : file.tensors().values()) {
      byte[] codes = new byte[Math.toIntExact(entry.elements())];
      new Random(entry.elements()).nextBytes(codes);
      for (int i = 0; i < codes.length; i++) {
        codes[i] &= (byte) 0xbf; // below 2, and not NaN
      }
      writer.tensor(
          entry.name(), DType.F8_E4M3, entry.shape(), out -> out.write(ByteBuffer.wrap(codes)));
    }
    String scale = CONV_IN.replace(".weight", ".scale_weight");
    writer.tensor(scale, List.of(), new float[] {0.5f}, DType.F32).write(file("float8"));
    Path sum = file("sum");
    CheckpointMerging.weightedSum(file("float8"), A).multiplier(0).write(sum);
    Map<DType, Long> formats =
        TensorFile.open(sum).tensors().values().stream()
            .collect(Collectors.groupingBy(TensorEntry::dtype, Collectors.counting()));
    assertThat(formats.keySet()).containsExactlyInAnyOrder(DType.F16);
    assertThat(TensorFile.open(sum).find(scale)).isEmpty();
    assertThat(values(sum, CONV_IN)).isEqualTo(values(file("float8"), CONV_IN));
  }
}
