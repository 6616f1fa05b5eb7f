package dev.sdlora.pipeline.make;

import static dev.sdlora.api.make.SkippedLayers.Cause.OUTSIDE_TRANSFORMERS;
import static dev.sdlora.api.make.SkippedLayers.Cause.TEXT_ENCODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.NumberFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of LoRAs extracted from the difference of two checkpoints. */
@Tag("slow")
class LoraExtractionTest {
  /** The number of layers in the transformers of the text encoder and the U-Net. */
  private static final int TRANSFORMERS = 30 + 192;

  @TempDir private static Path models;
  @TempDir private Path folder;

  private static Path original = Path.of("");
  private static Path tuned = Path.of("");

  @BeforeAll
  static void bake() {
    original =
        TinyFiles.inFloat32(
            TinyFiles.CHECKPOINT, models.resolve("original.safetensors"), name -> true);
    tuned = models.resolve("tuned.safetensors");
    LoraBaking.into(original, List.of(LoraAdapter.open(TinyFiles.KOHYA))).write(tuned);
  }

  private static void assertEffect(Path lora, double tolerance) {
    Map<String, float[]> before = TinyFiles.weights(original, List.of());
    TinyFiles.assertSameChange(
        TinyFiles.weights(original, List.of(LoraAdapter.open(lora))),
        TinyFiles.weights(tuned, List.of()),
        before,
        tolerance);
  }

  @Test
  void write_convolutionsToo_givesTheWholeChange() {
    Path file = folder.resolve("all.safetensors");
    CreatedLora made =
        LoraExtraction.between(original, tuned)
            .rank(2)
            .convolutions(true)
            .fileFormat(NumberFormat.FLOAT32)
            .write(file);

    assertThat(made.modules()).isEqualTo(215 + 30);
    assertThat(made.rank()).isEqualTo(2);
    assertThat(made.keptEnergy()).isGreaterThan(0.99999);
    // The difference of two float32 numbers is rounded relative to their size, about 30 times its
    // own.
    assertEffect(file, 1e-5);
  }

  @Test
  void write_exactAndHalfPrecision_givesTheChangeAsWell() {
    Path file = folder.resolve("half.safetensors");
    LoraExtraction.between(original, tuned).convolutions(true).exact(true).rank(2).write(file);

    assertEffect(file, 2e-3); // float16 has 11 bits, and both factors are rounded
  }

  @Test
  void write_defaults_takesTransformersOfBothNetworks() {
    List<String> layers = new ArrayList<>();
    CreatedLora made =
        LoraExtraction.between(original, tuned)
            .listener((done, total, layer) -> layers.add(done + "/" + total))
            .write(folder.resolve("a.safetensors"));

    assertThat(made.modules()).isEqualTo(TRANSFORMERS);
    assertThat(layers).hasSize(TRANSFORMERS).startsWith("1/222").endsWith("222/222");
    CreatedLora unet =
        LoraExtraction.between(original, tuned)
            .textEncoder(false)
            .write(folder.resolve("b.safetensors"));
    assertThat(unet.modules()).isEqualTo(TRANSFORMERS - 30);
  }

  @Test
  void write_layersLeftOut_areNamedAndCount() {
    CreatedLora most = extraction().write(folder.resolve("most.safetensors"));
    CreatedLora all = extraction().convolutions(true).write(folder.resolve("all.safetensors"));
    CreatedLora unet = extraction().textEncoder(false).write(folder.resolve("unet.safetensors"));

    assertThat(all.leftOut()).isEmpty();
    assertThat(most.leftOut())
        .extracting(SkippedLayers::cause)
        .containsExactly(OUTSIDE_TRANSFORMERS);
    assertThat(most.leftOut().get(0).layers())
        .hasSize(all.modules() - most.modules())
        .contains("up_blocks.2.resnets.0.conv1.weight");
    assertThat(most.keptEnergy())
        .isLessThan(0.99)
        .isCloseTo(1 - most.leftOut().get(0).share(), within(1e-4));
    assertThat(unet.leftOut())
        .extracting(SkippedLayers::cause)
        .containsExactly(OUTSIDE_TRANSFORMERS, TEXT_ENCODER);
    assertThat(unet.leftOut().get(1).layers()).hasSize(30);
    assertThat(unet.keptEnergy()).isLessThan(most.keptEnergy());
    // The kept part and the parts omitted for each cause add up to the whole.
    double whole =
        unet.leftOut().stream().mapToDouble(SkippedLayers::share).sum() + unet.keptEnergy();
    assertThat(whole).isCloseTo(1, within(1e-4));
  }

  @Test
  void write_allDifferencesLeftOut_saysWhere() {
    Path other = folder.resolve("biases.safetensors");
    TinyFiles.inFloat32(
        original,
        other,
        name -> true,
        (name, values) -> name.endsWith(".bias") ? plusOne(values) : values);

    assertThatThrownBy(
            () -> LoraExtraction.between(original, other).write(folder.resolve("a.safetensors")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("nothing to extract; they differ only in skipped layers: ")
        .hasMessageContaining(" biases, normalisations and embeddings");
  }

  private static float[] plusOne(float[] values) {
    float[] moved = values.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += 1;
    }
    return moved;
  }

  private static LoraExtraction extraction() {
    return LoraExtraction.between(original, tuned).rank(2).fileFormat(NumberFormat.FLOAT32);
  }

  @Test
  void write_energy_leavesLittleOut() {
    CreatedLora made =
        LoraExtraction.between(original, tuned)
            .convolutions(true)
            .energy(0.6, 2)
            .write(folder.resolve("a.safetensors"));

    assertThat(made.keptEnergy()).isBetween(0.6, 0.99);
    assertThat(made.rank()).isLessThanOrEqualTo(2);
  }

  @Test
  void write_twice_isTheSame() throws IOException {
    Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    for (String name : List.of("a", "b")) {
      new LocalMaking(clock)
          .extract(
              new MakingBackend.Extract(
                  original,
                  tuned,
                  new MakingBackend.Ranks(1, 1),
                  false,
                  true,
                  false,
                  NumberFormat.FLOAT16,
                  Optional.of("same")),
              folder.resolve(name + ".safetensors"),
              MakingListener.NONE);
    }

    assertThat(Files.readAllBytes(folder.resolve("a.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("b.safetensors")));
  }

  @Test
  void write_file_tellsWhatItIs() {
    Path file = folder.resolve("ink.safetensors");
    LoraExtraction.between(original, tuned).rank(2).write(file);

    LoraAdapter lora = LoraAdapter.open(file);
    assertThat(lora.family()).isEqualTo(ModelFamily.SD1);
    assertThat(lora.rank()).isEqualTo(2);
    assertThat(lora.alias()).contains("ink");
    assertThat(lora.metadata())
        .containsEntry("ss_network_module", "networks.lora")
        .containsEntry("ss_network_dim", "2")
        .containsEntry("ss_sd_model_name", "original.safetensors")
        .containsEntry(
            "ss_training_comment",
            "extracted from the difference of tuned.safetensors and original.safetensors")
        .containsEntry("modelspec.architecture", "stable-diffusion-v1/lora")
        .containsEntry("modelspec.title", "ink");
  }

  @Test
  void write_copies_hasNothingToExtract() throws IOException {
    LoraExtraction extraction = LoraExtraction.between(TinyFiles.CHECKPOINT, original);

    assertThatThrownBy(() -> extraction.write(folder.resolve("a.safetensors")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("do not differ in any of 222 layers");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void write_modelsOfOtherSizes_namesTheWeight() {
    Path shorter =
        TinyFiles.inFloat32(
            TinyFiles.CHECKPOINT,
            folder.resolve("shorter.safetensors"),
            name -> !name.contains("encoder.layers.4."));

    assertThatThrownBy(
            () -> LoraExtraction.between(original, shorter).write(folder.resolve("a.safetensors")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("text_model.encoder.layers.4.self_attn.q_proj.weight")
        .hasMessageContaining("expected two models of the same size");
  }

  @Test
  void write_listenerThrows_leavesNothing() throws IOException {
    LoraExtraction extraction =
        LoraExtraction.between(original, tuned)
            .listener(
                (done, total, layer) -> {
                  throw new IllegalStateException("enough");
                });

    assertThatThrownBy(() -> extraction.write(folder.resolve("a.safetensors")))
        .hasMessage("enough");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
