package dev.sdlora.pipeline.make;

import static dev.sdlora.pipeline.make.ComfyUiFolder.denoiser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.pipeline.make.ComfyUiFolder.Model;
import dev.sdlora.pipeline.model.DiffusersCopy;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.testkit.SplitGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of baking, merging and extraction that read or write quantised files. */
class QuantisedMakingTest {
  @TempDir static Path temporary;

  private static ComfyUiFolder folder;

  @BeforeAll
  static void createFolder() throws IOException {
    folder = ComfyUiFolder.in(temporary);
  }

  /** Returns a path in the folder of transformers, with the extension of a format. */
  private static Path file(String name, FileFormat format) {
    Path path = folder.file(name);
    return format.inSafetensors() ? path : path.resolveSibling(name + ".gguf");
  }

  private static Path quantised(Model model, FileFormat format) {
    Path path = file(model + "-" + format, format);
    return WeightConversion.of(model.file(), format).write(path).file();
  }

  private static Map<String, String> storage(Path path) {
    TensorFile file = TensorFile.open(path);
    Map<String, String> storage = new TreeMap<>();
    file.tensors().forEach((name, entry) -> storage.put(name, file.storage(entry)));
    return storage;
  }

  /** Baking into a format is baking in float32, then conversion. */
  private static void assertIsConversion(
      Path checkpoint, List<LoraAdapter> loras, FileFormat format, String name) {
    Path wide = folder.file(name + "-wide");
    CreatedCheckpoint exact = LoraBaking.into(checkpoint, loras).write(wide);
    assertThat(exact.changeError()).isZero();
    Path expected = file(name + "-expected", format);
    ConvertedWeights converted = WeightConversion.of(wide, format).write(expected);
    List<String> done = new ArrayList<>();

    CreatedCheckpoint baked =
        LoraBaking.into(checkpoint, loras)
            .format(format)
            .listener((count, total, tensor) -> done.add(count + "/" + total))
            .write(file(name + "-" + format, format));

    assertThat(TinyFiles.tensors(baked.file())).isEqualTo(TinyFiles.tensors(expected));
    assertThat(storage(baked.file())).isEqualTo(storage(expected));
    assertThat(TensorFile.open(baked.file()).metadata())
        .isEqualTo(TensorFile.open(expected).metadata())
        .containsKey("baked_loras");
    ConvertedWeights weights = baked.weights().orElseThrow();
    assertThat(weights.bytes()).isEqualTo(converted.bytes());
    assertThat(weights.rmsError()).isEqualTo(converted.rmsError());
    assertThat(weights.worstTensor()).isEqualTo(converted.worstTensor());
    assertThat(baked.changed()).isEqualTo(exact.changed());
    assertThat(baked.kept()).isEqualTo(exact.kept());
    assertThat(baked.changeError()).isPositive();
    int tensors = storage(baked.file()).size();
    assertThat(done).startsWith("1/" + tensors).endsWith(tensors + "/" + tensors);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "FP8", "FP8_SCALED", "INT8", "BF16"})
  void bake_transformerIntoAFormat_isBakedAndConverted(FileFormat format) {
    for (Model model : Model.values()) {
      Path exact = folder.file(model + "-exact");
      TinyFiles.inFloat32(model.file(), exact, name -> true);
      assertIsConversion(exact, model.loras(), format, model + "-" + format);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = {"Q5_1", "FP8_SCALED"})
  void bake_checkpointIntoAFormat_isBakedAndConverted(FileFormat format) {
    Path exact = folder.file("sd1-exact");
    TinyFiles.inFloat32(TinyFiles.CHECKPOINT, exact, name -> true);
    List<LoraAdapter> loras =
        List.of(
            LoraAdapter.open(TinyFiles.KOHYA).withStrength(0.8),
            LoraAdapter.open(TinyFiles.KOHYA).withStrength(-0.3),
            LoraAdapter.open(TinyFiles.KOHYA).withStrength(0));
    assertIsConversion(exact, loras, format, "sd1-" + format);
  }

  @Test
  void bake_fewerBits_keepLessOfTheChange() {
    double before = 0;
    for (FileFormat format : List.of(FileFormat.Q8_0, FileFormat.Q5_0, FileFormat.Q4_0)) {
      double error =
          LoraBaking.into(Model.KLEIN.file(), Model.KLEIN.loras())
              .format(format)
              .write(file("fewer-" + format, format))
              .changeError();
      assertThat(error).as(format.label()).isGreaterThan(before);
      before = error;
    }
  }

  /** Weights on the grid of their format do not move for changes of less than half a step. */
  @Test
  void bake_weakLoraIntoItsOwnGrid_losesTheWholeChange() {
    Path source = quantised(Model.KLEIN, FileFormat.Q4_0);
    List<LoraAdapter> weak =
        Model.KLEIN.loras().stream().map(lora -> lora.withStrength(1e-6)).toList();
    CreatedCheckpoint baked =
        LoraBaking.into(source, weak).format(FileFormat.Q4_0).write(file("weak", FileFormat.Q4_0));
    assertThat(baked.changeError()).isGreaterThan(0.9);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "FP8", "FP8_SCALED", "INT8"})
  void bake_quantisedWithoutFormat_becomesHalfPrecision(FileFormat format) {
    Path source = quantised(Model.Z_IMAGE, format);
    Path file = folder.file("half-" + format);
    CreatedCheckpoint baked = LoraBaking.into(source, Model.Z_IMAGE.loras()).write(file);

    assertThat(storage(file).values()).isSubsetOf("float16", "bfloat16", "float32");
    assertThat(baked.weights().orElseThrow().bytes())
        .containsKey("float16")
        .doesNotContainKeys("Q8_0", "Q4_0", "float8_e4m3", "int8");
    assertThat(baked.weights().orElseThrow().widened())
        .containsExactly(
            switch (format) {
              case FP8 -> "float8_e4m3";
              case FP8_SCALED -> "float8_e4m3 scaled";
              case INT8 -> "int8 scaled";
              default -> format.name();
            });
    Map<String, float[]> patched = denoiser(source, Model.Z_IMAGE.loras());
    Map<String, String> stored = storage(source);
    Map<String, float[]> found = denoiser(file, List.of());
    assertThat(found.keySet()).isEqualTo(patched.keySet());
    assertThat(stored).isNotEmpty();
    found.forEach(
        (name, values) -> {
          float[] wanted = Objects.requireNonNull(patched.get(name));
          for (int i = 0; i < values.length; i++) {
            float half = Floats.fromHalf(Floats.toHalf(wanted[i]));
            float brain = Floats.fromBfloat16(Floats.toBfloat16(wanted[i]));
            assertThat(values[i]).as(name).isIn(half, brain, wanted[i]);
          }
        });
  }

  @Test
  void make_fromParts_isMadeFromTheWholeFile() throws IOException {
    Path whole = quantised(Model.KLEIN, FileFormat.Q4_1);
    List<Path> parts = SplitGguf.split(whole, whole.resolveSibling("parts"), 3, false);
    Path baked = file("baked-whole", FileFormat.Q4_1);
    Path other = file("baked-parts", FileFormat.Q4_1);
    List<LoraAdapter> loras = Model.KLEIN.loras();
    LoraBaking.into(whole, loras).format(FileFormat.Q4_1).write(baked);
    LoraBaking.into(parts.get(1), loras).format(FileFormat.Q4_1).write(other);
    assertThat(other).hasSameBinaryContentAs(baked);
    WeightConversion conversion = WeightConversion.of(parts.get(2), FileFormat.Q8_0);
    assertThat(TinyFiles.tensors(conversion.write(file("converted", FileFormat.Q8_0)).file()))
        .isEqualTo(
            TinyFiles.tensors(
                WeightConversion.of(whole, FileFormat.Q8_0)
                    .write(file("reference", FileFormat.Q8_0))
                    .file()));
    assertThatThrownBy(() -> conversion.write(parts.get(0)))
        .hasMessageContaining("is also an input");
  }

  /** A U-Net alone as ComfyUI-GGUF writes it, whose kernels are flattened. */
  @Tag("slow")
  @Test
  void bake_unetAlone_readsTheOtherNetworksFromFiles() throws IOException {
    TensorFile whole = TensorFile.open(TinyFiles.CHECKPOINT);
    SafetensorsWriter alone = new SafetensorsWriter();
    String prefix = "model.diffusion_model.";
    try (TensorFile.Reader reader = whole.reader()) {
      whole.tensors().values().stream()
          .filter(entry -> entry.name().startsWith(prefix))
          .forEach(
              entry ->
                  alone.tensor(
                      entry.name().substring(prefix.length()),
                      entry.shape(),
                      reader.floats(entry),
                      entry.dtype()));
    }
    Path unet = folder.file("unet-alone");
    alone.write(unet);
    Path quantised = file("unet-alone", FileFormat.Q8_0);
    WeightConversion.of(unet, FileFormat.Q8_0).write(quantised);
    Path copy = DiffusersCopy.of(TinyFiles.CHECKPOINT).write(temporary.resolve("diffusers"));
    CheckpointParts parts =
        CheckpointParts.builder()
            .textEncoder(copy.resolve("text_encoder"))
            .vae(copy.resolve("vae"))
            .build();
    LoraAdapter lora = LoraAdapter.open(TinyFiles.KOHYA).withStrength(LoraStrength.of(0, 1));
    LoraBaking baking =
        LoraBaking.into(quantised, List.of(lora)).parts(parts).format(FileFormat.Q8_0);
    CreatedCheckpoint baked = baking.write(file("unet-baked", FileFormat.Q8_0));

    assertThat(baked.unmatched()).isEmpty();
    assertThat(storage(baked.file()).equals(storage(quantised))).isTrue();
    int layers =
        LoraBaking.into(TinyFiles.CHECKPOINT, List.of(lora)).write(folder.file("w")).changed();
    assertThat(baked.changed()).isEqualTo(layers);
    assertThat(TinyFiles.tensors(baked.file()).equals(TinyFiles.tensors(quantised))).isFalse();
    assertThat(baked.changeError()).isBetween(0.0001, 0.5);
    LoraAdapter both = LoraAdapter.open(TinyFiles.KOHYA);
    LoraBaking texts = LoraBaking.into(quantised, List.of(both)).parts(parts);
    assertThatThrownBy(() -> texts.write(folder.file("texts")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("expected a strength of 0 in the text encoder");
  }

  @Test
  void bake_unsuitableNames_areRefusedBeforeWork() {
    LoraBaking baking = LoraBaking.into(Path.of("none"), Model.KLEIN.loras());
    assertThatThrownBy(() -> baking.write(Path.of("x.gguf")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a .gguf file needs a format, such as q8_0; without one the file name must end in"
                + " .safetensors: x.gguf");
    assertThatThrownBy(() -> baking.format(FileFormat.Q8_0).write(Path.of("x.safetensors")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("safetensors files do not have the format q8_0");
    Path source = quantised(Model.KLEIN, FileFormat.Q5_0);
    LoraBaking over = LoraBaking.into(source, Model.KLEIN.loras()).format(FileFormat.Q8_0);
    assertThatThrownBy(() -> over.write(source)).hasMessageContaining("is also an input");
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "FP8_SCALED", "INT8"})
  void merge_quantised_isMergedFromTheirValues(FileFormat format) {
    Path a = quantised(Model.KLEIN, format);
    Path tuned =
        LoraBaking.into(Model.KLEIN.file(), Model.KLEIN.loras())
            .format(format)
            .write(file("tuned-" + format, format))
            .file();
    Path sum = folder.file("sum-" + format);
    CheckpointMerging.weightedSum(a, tuned)
        .multiplier(0.25)
        .fileFormat(NumberFormat.FLOAT32)
        .write(sum);
    Map<String, float[]> one = denoiser(a, List.of());
    Map<String, float[]> other = denoiser(tuned, List.of());
    denoiser(sum, List.of())
        .forEach(
            (name, values) -> {
              float[] x = Objects.requireNonNull(one.get(name));
              float[] y = Objects.requireNonNull(other.get(name));
              float[] expected = new float[x.length];
              for (int i = 0; i < x.length; i++) {
                expected[i] = (float) (x[i] * 0.75 + y[i] * 0.25);
              }
              assertThat(values).as(name).isEqualTo(expected);
            });
    Path plain = folder.file("plain-" + format);
    CheckpointMerging.weightedSum(a, tuned).multiplier(0).write(plain);
    assertThat(storage(plain).values()).isSubsetOf("float16", "bfloat16", "float32");
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "FP8", "INT8"})
  void extract_fromQuantised_givesTheChangeOfTheirValues(FileFormat format) {
    Path original = quantised(Model.Z_IMAGE, format);
    Path tuned = folder.file("wide-" + format);
    Path widened = folder.file("widened-" + format);
    TinyFiles.inFloat32(original, widened, name -> true);
    LoraBaking.into(widened, Model.Z_IMAGE.loras()).write(tuned);
    Path lora = folder.file("lora-" + format);
    LoraExtraction.between(original, tuned)
        .convolutions(true)
        .rank(16)
        .exact(true)
        .fileFormat(NumberFormat.FLOAT32)
        .write(lora);
    TinyFiles.assertSameChange(
        denoiser(original, List.of(LoraAdapter.open(lora))),
        denoiser(tuned, List.of()),
        denoiser(original, List.of()),
        1e-4);
  }
}
