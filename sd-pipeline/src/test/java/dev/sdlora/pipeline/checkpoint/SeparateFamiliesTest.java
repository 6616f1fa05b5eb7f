package dev.sdlora.pipeline.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.api.PredictionType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models of SD 2.x and SDXL that are put together from a file for each network. */
final class SeparateFamiliesTest {
  @TempDir Path folder;

  static Stream<Path> models() {
    return Stream.of(TinyFamilies.sd2(), TinyFamilies.sdxl(), TinyFamilies.refiner());
  }

  /** The tensors with a beginning, which their new names lack. */
  private Path part(Path model, String prefix) {
    return renamed(
        model,
        name ->
            Optional.of(name)
                .filter(whole -> whole.startsWith(prefix))
                .map(whole -> whole.substring(prefix.length())),
        prefix + "safetensors");
  }

  /** The tensors that get a name, in a file. */
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
    List<SingleFileFamily.Place> places = SingleFileFamily.encoders(family);
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
    // The refiner has none of its own.
    Path withVae = model.equals(TinyFamilies.refiner()) ? TinyFamilies.sdxl() : model;
    Path vae = part(withVae, LdmNames.VAE);
    ModelFiles whole = CheckpointReader.read(model, CheckpointParts.builder().vae(vae).build());
    CheckpointParts parts = encoders(model, whole.checkpoint().family()).vae(vae).build();
    ModelFiles files = CheckpointReader.read(part(model, LdmNames.UNET), parts);

    assertThat(files.checkpoint().family()).isEqualTo(whole.checkpoint().family());
    assertThat(files.unet().config()).isEqualTo(whole.unet().config());
    assertThat(files.vae().config()).isEqualTo(whole.vae().config());
    assertThat(files.textEncoders()).hasSameSizeAs(whole.textEncoders());
    for (int i = 0; i < files.textEncoders().size(); i++) {
      assertThat(files.textEncoders().get(i).config())
          .isEqualTo(whole.textEncoders().get(i).config());
      assertThat(values(files.textEncoders().get(i).weights()))
          .isEqualTo(values(whole.textEncoders().get(i).weights()));
    }
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

  /** The family of a VAE does not show in its tensors: the U-Net tells how latents are scaled. */
  @Test
  void read_vaeOfItsOwn_isScaledAsTheModelSays() {
    CheckpointParts parts = CheckpointParts.builder().vae(TinyFamilies.sd2()).build();
    assertThat(CheckpointReader.read(TinyFamilies.sdxl(), parts).vae().config().format())
        .isEqualTo(CheckpointReader.read(TinyFamilies.sdxl()).vae().config().format());
  }
}
