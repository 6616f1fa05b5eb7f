package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.FileKind;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of SD 2.x and SDXL models assembled from one file per network. */
@Tag("slow")
final class SeparateFamiliesTest {
  @TempDir Path folder;

  static Stream<Path> models() {
    return Stream.of(TinyFamilies.sd2(), TinyFamilies.sdxl(), TinyFamilies.refiner());
  }

  /** Writes the tensors with a prefix, which is removed from their names. */
  private Path part(Path model, String prefix) {
    return renamed(
        model,
        name ->
            Optional.of(name)
                .filter(whole -> whole.startsWith(prefix))
                .map(whole -> whole.substring(prefix.length())),
        prefix + "safetensors");
  }

  /** Writes the tensors that get a new name to a file. */
  private Path renamed(Path model, Function<String, Optional<String>> names, String file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    TensorFile whole = TensorFile.open(model);
    try (TensorFile.Reader reader = whole.reader()) {
      for (TensorEntry entry : whole.tensors().values()) {
        names
            .apply(entry.name())
            .ifPresent(
                name ->
                    writer.tensor(
                        name,
                        entry.dtype(),
                        entry.shape(),
                        channel -> channel.write(reader.bytes(entry))));
      }
      writer.write(folder.resolve(file));
    }
    return folder.resolve(file);
  }

  @Test
  void read_sdTurbo_isSd2ThatPredictsNoise() {
    Path turbo =
        renamed(
            TinyFamilies.sd2(),
            name ->
                Optional.of(
                    name.replace("cond_stage_model.model", "conditioner.embedders.0.model")),
            "turbo.safetensors");
    Checkpoint read = CheckpointReader.read(turbo).checkpoint();
    assertThat(read.family()).isEqualTo(ModelFamily.SD2);
    assertThat(read.predictionType()).isEqualTo(PredictionType.EPSILON);
    assertThat(CheckpointReader.read(TinyFamilies.sd2()).checkpoint().predictionType())
        .isEqualTo(PredictionType.V_PREDICTION);
  }

  private CheckpointParts.Builder encoders(Path model, ModelFamily family) {
    CheckpointParts.Builder parts = CheckpointParts.builder();
    List<EncoderPlace> places = SdVersion.of(family).encoders();
    parts.textEncoder(part(model, places.get(0).prefix()));
    if (places.size() > 1) {
      parts.textEncoder2(part(model, places.get(1).prefix()));
    }
    return parts;
  }

  private static Map<String, List<Float>> values(Map<String, Origin> weights) {
    Map<String, List<Float>> values = new LinkedHashMap<>();
    weights.forEach(
        (name, origin) -> {
          try (TensorFile.Reader reader = origin.file().reader()) {
            float[] all = reader.floats(origin.entry());
            values.put(name, List.of(all[0], all[all.length / 2], all[all.length - 1]));
          }
        });
    return values;
  }

  @ParameterizedTest
  @MethodSource("models")
  void read_fileForEachNetwork_isTheSameModel(Path model) {
    // The refiner has no VAE.
    Path withVae = model.equals(TinyFamilies.refiner()) ? TinyFamilies.sdxl() : model;
    Path vae = part(withVae, LdmNames.VAE);
    UNetFiles whole = CheckpointReader.read(model, CheckpointParts.builder().vae(vae).build());
    CheckpointParts parts = encoders(model, whole.checkpoint().family()).vae(vae).build();
    assertSame(CheckpointReader.read(part(model, LdmNames.UNET), parts), whole);
  }

  private static void assertSame(UNetFiles files, UNetFiles whole) {
    assertThat(files.checkpoint().family()).isEqualTo(whole.checkpoint().family());
    assertThat(files.checkpoint().tensors()).isEqualTo(whole.checkpoint().tensors());
    assertThat(files.prediction()).isEqualTo(whole.prediction());
    assertThat(files.unet().config()).isEqualTo(whole.unet().config());
    assertThat(values(files.unet().weights())).isEqualTo(values(whole.unet().weights()));
    assertThat(files.vae().config()).isEqualTo(whole.vae().config());
    assertThat(files.textEncoders()).hasSameSizeAs(whole.textEncoders());
    for (int i = 0; i < files.textEncoders().size(); i++) {
      assertThat(files.textEncoders().get(i).config())
          .isEqualTo(whole.textEncoders().get(i).config());
      assertThat(values(files.textEncoders().get(i).weights()))
          .isEqualTo(values(whole.textEncoders().get(i).weights()));
    }
  }

  static Stream<String> sets() {
    return Stream.of(
        "sd1", "sd2", "sdxl", "sdxl-refiner", "ssd", "sd2-inpaint", "sdxl-inpaint", "ip2p");
  }

  /** Returns the weights file in a network's folder. */
  private Path file(String network) {
    String stem = network.startsWith("text") ? "model" : "diffusion_pytorch_model";
    return folder.resolve("diffusers").resolve(network).resolve(stem + ".safetensors");
  }

  /** Few-step U-Nets are published in this form; encoders are files and folders. */
  @ParameterizedTest
  @MethodSource("sets")
  void read_unetWithDiffusersNames_isTheSameModel(String set) {
    Path model = FamilyFiles.checkpoint(set, folder);
    UNetFiles whole = CheckpointReader.read(model);
    Path copy = DiffusersCopy.of(model).write(folder.resolve("diffusers"));
    boolean refiner = set.equals("sdxl-refiner");
    Path first = file(refiner ? "text_encoder_2" : "text_encoder");
    CheckpointParts.Builder files = CheckpointParts.builder().vae(file("vae")).textEncoder(first);
    CheckpointParts.Builder folders =
        CheckpointParts.builder()
            .vae(copy.resolve("vae"))
            .textEncoder(copy.resolve(refiner ? "text_encoder_2" : "text_encoder"));
    if (whole.textEncoders().size() > 1) {
      files.textEncoder2(file("text_encoder_2"));
      folders.textEncoder2(copy);
    }
    assertSame(CheckpointReader.read(file("unet"), files.build()), whole);
    assertSame(CheckpointReader.read(file("unet"), folders.build()), whole);
    assertThat(FileKind.recognise(file("unet")).orElseThrow().note())
        .startsWith("is a U-Net alone, of " + whole.checkpoint().family().label() + ": ");
  }

  @Test
  void read_unetWithDiffusersNames_withoutTheRest_saysWhatIsMissing() {
    DiffusersCopy.of(TinyFamilies.sdxl()).write(folder.resolve("diffusers"));
    assertThatThrownBy(() -> CheckpointReader.read(file("unet")))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint '"
                + file("unet")
                + "' has no VAE and no first text encoder and no second text encoder, which SDXL"
                + " needs: no tensor begins with 'first_stage_model.' or"
                + " 'conditioner.embedders.0.transformer.' or 'conditioner.embedders.1.model.';"
                + " name a file that has them (vae, --vae; textEncoder, --text-encoder;"
                + " textEncoder2, --text-encoder-2)");
    CheckpointParts oneEncoder =
        CheckpointParts.builder().vae(file("vae")).textEncoder(file("text_encoder")).build();
    assertThatThrownBy(() -> CheckpointReader.read(file("unet"), oneEncoder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no second text encoder, which SDXL needs");
    CheckpointParts swapped =
        oneEncoder.toBuilder()
            .textEncoder(file("text_encoder_2"))
            .textEncoder2(file("text_encoder"))
            .build();
    assertThatThrownBy(() -> CheckpointReader.read(file("unet"), swapped))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is OpenCLIP, but the U-Net was trained with OpenAI's CLIP");
    CheckpointParts other =
        oneEncoder.toBuilder()
            .textEncoder2(part(TinyFamilies.sd2(), "cond_stage_model.model."))
            .build();
    assertThatThrownBy(() -> CheckpointReader.read(file("unet"), other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "its U-Net expects text states of width 96, but its text encoders give 64");
  }

  @Test
  void read_sdxlWithoutItsSecondEncoder_saysSo() {
    Path model = TinyFamilies.sdxl();
    CheckpointParts parts =
        CheckpointParts.builder()
            .vae(model)
            .textEncoder(part(model, "conditioner.embedders.0.transformer."))
            .build();
    assertThatThrownBy(() -> CheckpointReader.read(part(model, LdmNames.UNET), parts))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no second text encoder, which SDXL needs");
  }

  /** In narrow models, text states of two families may have the same width. */
  @Test
  void read_encoderOfAnotherTraining_isRefused() {
    Path sd2 = DiffusersCopy.of(TinyFamilies.sd2()).write(folder.resolve("diffusers"));
    Path sd1 = DiffusersCopy.of(TinyModels.CHECKPOINT).write(folder.resolve("sd1"));
    for (Path encoder : List.of(TinyModels.CHECKPOINT, sd1, sd1.resolve("text_encoder"))) {
      CheckpointParts parts = CheckpointParts.builder().vae(sd2).textEncoder(encoder).build();
      assertThatThrownBy(() -> CheckpointReader.read(file("unet"), parts))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(
              "text encoder '%s' is OpenAI's CLIP, but the U-Net was trained with OpenCLIP; expected a text encoder of the U-Net's own family"
                  .formatted(encoder));
    }
    for (Path encoder : List.of(TinyFamilies.sd2(), sd2, sd2.resolve("text_encoder"))) {
      CheckpointParts parts = CheckpointParts.builder().textEncoder(encoder).build();
      assertThatThrownBy(() -> CheckpointReader.read(TinyModels.CHECKPOINT, parts))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("' is OpenCLIP, but the U-Net was trained with OpenAI's CLIP;");
    }
  }

  /** A VAE's tensors do not reveal its family; the U-Net determines how latents are scaled. */
  @Test
  void read_vaeOfItsOwn_isScaledAsTheModelSays() {
    CheckpointParts parts = CheckpointParts.builder().vae(TinyFamilies.sd2()).build();
    assertThat(CheckpointReader.read(TinyFamilies.sdxl(), parts).vae().config().format())
        .isEqualTo(CheckpointReader.read(TinyFamilies.sdxl()).vae().config().format());
  }
}
