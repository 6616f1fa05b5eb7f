package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.families.KnownModels;
import dev.sdlora.tensorkit.GgufWriter;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads FLUX.1 and Chroma from files of every layout. */
final class Flux1FilesTest {
  @TempDir Path folder;

  private static TransformerFiles read(Path path, CheckpointParts parts) {
    return KnownModels.read(path, parts).orElseThrow();
  }

  private static TransformerFiles read(Path path) {
    return read(path, CheckpointParts.DEFAULT);
  }

  private static void assertEqual(Map<String, Origin> some, Map<String, Origin> others) {
    assertThat(some.keySet()).isEqualTo(others.keySet());
    try (OpenFiles files = new OpenFiles()) {
      some.forEach(
          (name, origin) -> {
            Origin other = Objects.requireNonNull(others.get(name));
            assertThat(files.of(origin.file()).floats(origin.entry()))
                .as(name)
                .containsExactly(files.of(other.file()).floats(other.entry()));
          });
    }
  }

  private static void add(
      SafetensorsWriter writer, Path file, String prefix, Predicate<String> names) {
    TensorFile stored = TensorFile.open(file);
    try (TensorFile.Reader reader = stored.reader()) {
      stored
          .tensors()
          .forEach(
              (name, entry) -> {
                if (names.test(name)) {
                  writer.tensor(prefix + name, entry.shape(), reader.floats(entry), DType.F32);
                }
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"FLUX1", "CHROMA"})
  void read_diffusersFolder_hasTheWeightsOfTheSingleFile(ModelFamily family) {
    boolean isChroma = family == ModelFamily.CHROMA;
    TransformerFiles file =
        read(isChroma ? TinyTransformers.chroma() : TinyTransformers.flux1Dev());
    TransformerFiles split =
        read(isChroma ? TinyTransformers.chromaFolder() : TinyTransformers.flux1Folder());
    assertThat(file.family().family()).isEqualTo(family);
    assertThat(split.family().family()).isEqualTo(family);
    assertEqual(split.transformer().weights(), file.transformer().weights());
    assertThat(file.textEncoders()).hasSize(isChroma ? 1 : 2);
    for (int i = 0; i < file.textEncoders().size(); i++) {
      assertThat(split.textEncoders().get(i).weights().keySet())
          .isEqualTo(file.textEncoders().get(i).weights().keySet());
    }
    assertThat(file.distillation().distilled()).isEqualTo(!isChroma);
  }

  @Test
  void read_wholeCheckpoint_findsAllNetworksInside() {
    Path root = TinyTransformers.textEncoder().resolve("../..").normalize();
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, TinyTransformers.flux1Dev(), "model.diffusion_model.", name -> true);
    Path encoders = root.resolve("text_encoders");
    add(
        writer,
        encoders.resolve("clip_l.safetensors"),
        "text_encoders.clip_l.transformer.",
        name -> true);
    add(
        writer,
        encoders.resolve("t5xxl_fp16.safetensors"),
        "text_encoders.t5xxl.transformer.",
        name -> true);
    add(writer, root.resolve("vae/ae.safetensors"), "vae.", name -> true);
    Path whole = folder.resolve("flux1-dev-fp8.safetensors");
    writer.write(whole);
    TransformerFiles files = read(whole);
    assertThat(files.textEncoders()).allSatisfy(part -> assertThat(part.path()).isEqualTo(whole));
    assertThat(files.vae().path()).isEqualTo(whole);
    assertEqual(
        files.transformer().weights(), read(TinyTransformers.flux1Dev()).transformer().weights());
  }

  /** The tensors show which encoder is which. */
  @Test
  void read_encodersNamedInEitherOrder_areTold() {
    Path encoders = TinyTransformers.textEncoder().resolveSibling(".").normalize();
    Path clip = encoders.resolve("clip_l.safetensors");
    Path t5 = encoders.resolve("t5xxl_fp16.safetensors");
    CheckpointParts parts = CheckpointParts.builder().textEncoder(t5).textEncoder2(clip).build();
    TransformerFiles files = read(TinyTransformers.flux1Dev(), parts);
    assertThat(files.textEncoders().get(0).path()).isEqualTo(clip);
    assertThat(files.textEncoders().get(1).path()).isEqualTo(t5);
    assertThatThrownBy(() -> read(TinyTransformers.chroma(), parts))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("which has one text encoder");
  }

  @Test
  void read_gguf_isRecognisedAndComplete() {
    TensorFile stored = TensorFile.open(TinyTransformers.flux1Schnell());
    GgufWriter writer = new GgufWriter().pair("general.architecture", "flux");
    try (TensorFile.Reader reader = stored.reader()) {
      stored
          .tensors()
          .forEach((name, entry) -> writer.tensor(name, entry.shape(), reader.floats(entry)));
    }
    Path file = writer.write(folder.resolve("flux1-schnell-Q8_0.gguf"));
    Path root = TinyTransformers.textEncoder().resolve("../..").normalize();
    CheckpointParts parts =
        CheckpointParts.builder()
            .textEncoder(root.resolve("text_encoders/clip_l.safetensors"))
            .textEncoder2(root.resolve("text_encoders/t5xxl_fp16.safetensors"))
            .vae(root.resolve("vae/ae.safetensors"))
            .build();
    TransformerFiles files = read(file, parts);
    assertThat(files.family().family()).isEqualTo(ModelFamily.FLUX1);
    assertThat(files.transformer().weights().keySet())
        .isEqualTo(read(TinyTransformers.flux1Schnell()).transformer().weights().keySet());
  }

  @Test
  void read_missingBlockPart_namesItInTheLayoutOfTheFile() {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(
        writer,
        TinyTransformers.flux1Dev(),
        "",
        name -> !name.equals("single_blocks.1.linear1.weight"));
    Path file = folder.resolve("m.safetensors");
    writer.write(file);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'single_blocks.1.linear1.weight'")
        .hasMessageContaining("missing");
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX1, flux1-dev-base-mix.safetensors, true",
    "FLUX1, flux-dev-de-distill.safetensors, false",
    "FLUX1, flux1-dedistilled.safetensors, false",
    "CHROMA, Chroma1-HD.safetensors, false",
    "CHROMA, Chroma1-Flash.safetensors, true"
  })
  void distillation_ofNames_isThatOfTheModel(ModelFamily family, String name, boolean distilled) {
    JsonNode none = MissingNode.getInstance();
    Distillation found = Distillation.of(Families.of(family), none, none, Map.of(), Path.of(name));
    assertThat(found.distilled()).isEqualTo(distilled);
  }
}
