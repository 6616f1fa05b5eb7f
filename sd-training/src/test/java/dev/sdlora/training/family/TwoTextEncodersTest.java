package dev.sdlora.training.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.ResumeTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training runs of SDXL's two text encoders together with its U-Net, from the user's perspective.
 */
@Timeout(600)
class TwoTextEncodersTest {
  @TempDir private static Path models;
  @TempDir private Path folder;

  private static Path sdxl = Path.of("");

  @BeforeAll
  static void write() {
    sdxl = Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), models.resolve("sdxl.safetensors"));
  }

  private LoraTrainerBuilder trainer(String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .checkpoint(sdxl)
        .textEncoder(true)
        .fileFormat(NumberFormat.FLOAT32)
        .steps(3);
  }

  private static Set<String> modules(TensorFile file, String prefix) {
    Set<String> names = new TreeSet<>();
    for (String name : file.tensors().keySet()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(0, name.indexOf('.')));
      }
    }
    return names;
  }

  /** A copy of a file with only those tensors whose names match. */
  private Path only(TensorFile file, String name, Predicate<String> wanted) {
    SafetensorsWriter writer = new SafetensorsWriter();
    file.metadata().forEach(writer::metadata);
    Path target = folder.resolve(name + ".safetensors");
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors().values().stream()
          .filter(entry -> wanted.test(entry.name()))
          .forEach(
              entry ->
                  writer.tensor(
                      entry.name(),
                      entry.dtype(),
                      entry.shape(),
                      channel -> channel.write(reader.bytes(entry))));
      writer.write(target);
    }
    return target;
  }

  @Tag("slow")
  @Test
  void train_bothEncoders_writesKohyasNamesAndEveryPartActs() {
    Path lora = trainer("xl").build().train().file();

    TensorFile file = TensorFile.open(lora);
    TensorFile kohya = TensorFile.open(TinyFamilies.sdxlLora());
    assertThat(file.metadata())
        .containsEntry("ss_text_encoder_lr", "0.0025")
        .containsEntry("ss_base_model_version", "sdxl_base_v1-0")
        .containsEntry("modelspec.architecture", "stable-diffusion-xl-v1-base/lora");
    Set<String> read = modules(kohya, "lora_te1_");
    assertThat(read.removeIf(name -> name.contains("_layers_4_"))).isTrue();
    assertThat(modules(file, "lora_te1_")).isEqualTo(read);
    assertThat(modules(file, "lora_te2_")).isEqualTo(modules(kohya, "lora_te2_"));
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .forEach(
              (name, entry) -> {
                if (name.startsWith("lora_te")) {
                  float[] values = reader.floats(entry);
                  assertThat(values).as(name).isNotEqualTo(new float[values.length]);
                }
              });
    }
    List<Path> parts =
        List.of(
            lora,
            only(file, "te1", name -> name.startsWith("lora_te1_")),
            only(file, "te2", name -> name.startsWith("lora_te2_")),
            only(file, "unet", name -> name.startsWith("lora_unet_")));
    PromptSpec spec =
        PromptSpec.builder().prompt("a red disc, flat").size(64, 64).steps(2).seed(1).build();
    List<byte[]> pictures = new ArrayList<>();
    try (Pipeline pipeline = Fixtures.float32().checkpoint(Checkpoint.open(sdxl)).build()) {
      pictures.add(pipeline.generate(spec).first().rgb());
      for (Path part : parts) {
        byte[] patched = draw(pipeline, spec, part, LoraMode.PATCHED);
        byte[] overlaid = draw(pipeline, spec, part, LoraMode.OVERLAY);
        assertThat(difference(patched, overlaid)).as(part.toString()).isLessThanOrEqualTo(2);
        assertThat(pictures)
            .as(part.toString())
            .allSatisfy(other -> assertThat(difference(patched, other)).isGreaterThanOrEqualTo(5));
        pictures.add(patched);
      }
      assertThat(pipeline.generate(spec).first().rgb()).isEqualTo(pictures.get(0));
    }
  }

  /** Generates an image with a LoRA, all of whose modules must match layers. */
  private static byte[] draw(Pipeline pipeline, PromptSpec spec, Path lora, LoraMode mode) {
    PromptSpec with = spec.toBuilder().lora(LoraAdapter.open(lora)).loraMode(mode).build();
    GenerationResult result = pipeline.generate(with);
    assertThat(result.loras().get(0).mode()).isEqualTo(mode);
    assertThat(result.loras().get(0).unmatched()).isEmpty();
    assertThat(result.loras().get(0).matched()).isEqualTo(LoraFile.open(lora).modules().size());
    return result.first().rgb();
  }

  /** The largest difference between two images, in levels of 256. */
  private static int difference(byte[] one, byte[] other) {
    int largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs((one[i] & 0xFF) - (other[i] & 0xFF)));
    }
    return largest;
  }

  @Tag("slow")
  @Test
  void train_cancelledAndResumed_givesTheSameBytesAsInOneGo() throws IOException {
    LoraTrainerBuilder builder = trainer("a").name("discs").textEncoder2LearningRate(2e-5);
    assertThat(ResumeTest.trainWith(builder, 1, LoraTrainer::cancel).cancelled()).isTrue();
    Path state = folder.resolve("a.training-state.safetensors");
    byte[] saved = Files.readAllBytes(state);
    Path half = only(TensorFile.open(state), "half", name -> !name.contains("text_encoders.1."));
    Files.move(half, state, StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> builder.resume(true).build().train())
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("a.training-state.safetensors' has no tensor 'weight.text_encoders.1")
        .hasMessageEndingWith("it probably belongs to another training run");
    assertThat(folder.resolve("a.safetensors")).doesNotExist();

    Files.write(state, saved);
    Path resumed = builder.build().train().file();
    Path whole = builder.output(folder.resolve("b.safetensors")).build().train().file();
    assertThat(Files.readAllBytes(resumed)).isEqualTo(Files.readAllBytes(whole));
    assertThat(TensorFile.open(whole).metadata())
        .containsEntry("ss_unet_lr", "0.005")
        .containsEntry("ss_text_encoder_lr", "[0.0025, 0.00002]");
  }

  @Test
  void build_rateForASecondEncoderThatIsNotThere_isRefused() {
    LoraTrainerBuilder sd1 = trainer("a").checkpoint(Fixtures.CHECKPOINT);

    assertThatThrownBy(() -> sd1.textEncoder2LearningRate(1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "textEncoder2LearningRate must not be set for SD 1.x, which has one text encoder:"
                + " 1.0");
  }

  @Test
  void train_checkpointThatLacksTheSecondEncoder_isRefused() {
    Path half =
        only(
            TensorFile.open(TinyFamilies.sdxl()),
            "half",
            name -> !name.startsWith("conditioner.embedders.1."));

    assertThatThrownBy(() -> trainer("a").checkpoint(half).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("half.safetensors");
  }
}
