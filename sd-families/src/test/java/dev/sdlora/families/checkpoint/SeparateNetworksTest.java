package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of models assembled from several files. */
final class SeparateNetworksTest {
  private static final CheckpointParts OWN = CheckpointParts.builder().vaeBeside(false).build();

  @TempDir Path folder;
  private Path checkpoint = Path.of("");

  @BeforeEach
  void copyCheckpoint() throws IOException {
    checkpoint = Files.copy(TinyModels.CHECKPOINT, folder.resolve("model.safetensors"));
  }

  private static Path diffusers() {
    try {
      return Path.of(
          Objects.requireNonNull(
                  SeparateNetworksTest.class.getResource("/dev/sdlora/families/diffusers"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Writes some tensors of the checkpoint under other names with other values; those renamed to ""
   * are omitted.
   */
  private Path part(String name, UnaryOperator<String> rename) throws IOException {
    TensorFile file = TensorFile.open(TinyModels.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    Path target = folder.resolve(name);
    Path plain = name.endsWith(".safetensors") ? target : folder.resolve("plain");
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .values()
          .forEach(
              entry -> {
                String renamed = rename.apply(entry.name());
                float[] values = reader.floats(entry);
                values[0] = 0.5f;
                if (!renamed.isEmpty()) {
                  writer.tensor(renamed, entry.shape(), values, DType.F16);
                }
              });
      writer.write(plain);
    }
    if (!plain.equals(target)) {
      TorchWriter.write(TensorFile.open(plain), target);
      Files.delete(plain);
    }
    return target;
  }

  private static UnaryOperator<String> without(String prefix, String other) {
    return name -> name.startsWith(prefix) ? other + name.substring(prefix.length()) : "";
  }

  private Path vae(String name, String prefix) throws IOException {
    return part(name, without(LdmNames.VAE, prefix));
  }

  private static Path fileOf(Map<String, Origin> weights) {
    return weights.values().iterator().next().file().path();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.vae.safetensors", "model.vae.pt", "model.vae.ckpt"})
  void read_vaeBeside_isTakenUnlessSwitchedOff(String name) throws IOException {
    Path vae = vae(name, "");
    UNetFiles files = CheckpointReader.read(checkpoint);
    assertThat(fileOf(files.vae().weights())).isEqualTo(vae);
    assertThat(files.checkpoint().vae()).hasValue(vae);
    assertThat(files.vae().config())
        .isEqualTo(CheckpointReader.read(TinyModels.CHECKPOINT).vae().config());
    Origin conv = Objects.requireNonNull(files.vae().weights().get("decoder.conv_in.weight"));
    try (TensorFile.Reader reader = conv.file().reader()) {
      assertThat(reader.floats(conv.entry())[0]).isEqualTo(0.5f);
    }

    UNetFiles own = CheckpointReader.read(checkpoint, OWN);
    assertThat(fileOf(own.vae().weights())).isEqualTo(checkpoint);
    assertThat(own.checkpoint().vae()).isEmpty();
    assertThat(fileOf(CheckpointReader.read(own.checkpoint()).vae().weights()))
        .isEqualTo(checkpoint);
  }

  @Test
  void read_vaeThatIsNamed_goesBeforeTheOneBeside() throws IOException {
    vae("model.vae.safetensors", "");
    Path named = vae("other.safetensors", LdmNames.VAE);
    CheckpointParts parts = CheckpointParts.builder().vae(named).build();
    assertThat(fileOf(CheckpointReader.read(checkpoint, parts).vae().weights())).isEqualTo(named);
    assertThat(fileOf(CheckpointReader.read(diffusers(), parts).vae().weights())).isEqualTo(named);
  }

  @Test
  void read_diffusersVae_isAFolderOrAFile() {
    Path folderOfVae = diffusers().resolve("vae");
    Path file = folderOfVae.resolve("diffusion_pytorch_model.safetensors");
    for (Path vae : List.of(diffusers(), folderOfVae, file)) {
      UNetFiles files =
          CheckpointReader.read(checkpoint, CheckpointParts.builder().vae(vae).build());
      assertThat(fileOf(files.vae().weights())).isEqualTo(file);
    }
  }

  @Test
  void read_vaeOfOtherChannels_saysBoth() throws IOException {
    Path wide = folder.resolve("wide.safetensors");
    TensorFile file = TensorFile.open(TinyModels.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    file.tensors()
        .values()
        .forEach(
            entry -> {
              if (entry.name().startsWith(LdmNames.VAE)) {
                List<Long> shape =
                    entry.shape().stream()
                        .map(side -> side == 4 ? 16L : side == 8 ? 32L : side)
                        .toList();
                long size = shape.stream().reduce(1L, Math::multiplyExact);
                writer.tensor(entry.name(), shape, new float[Math.toIntExact(size)], DType.F16);
              }
            });
    writer.write(wide);
    assertThatThrownBy(
            () -> CheckpointReader.read(checkpoint, CheckpointParts.builder().vae(wide).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "VAE '%s' has latents of 16 channels, expected 4 as in the U-Net; it is probably for another model family"
                .formatted(wide));
  }

  @Test
  void read_vaeThatIsNone_saysWhatItIs() throws IOException {
    Path lora = TinyModels.LORA;
    assertThatThrownBy(
            () -> CheckpointReader.read(checkpoint, CheckpointParts.builder().vae(lora).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'" + lora + "' is not a VAE: none of its ");
    Path missing = folder.resolve("missing.pt");
    assertThatThrownBy(
            () -> CheckpointReader.read(checkpoint, CheckpointParts.builder().vae(missing).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("VAE '" + missing + "' does not exist");
    Path beside = Files.writeString(folder.resolve("model.vae.pt"), "not a tensor file");
    assertThatThrownBy(() -> CheckpointReader.read(checkpoint))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(beside.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "diffusion_model.", "model.diffusion_model."})
  void read_unetAlone_isAModelWithTheRest(String prefix) throws IOException {
    Path unet = part("unet.safetensors", without(LdmNames.UNET, prefix));
    Path vae = vae("vae.pt", "");
    Path clip = part("clip.safetensors", without(LdmNames.CLIP, ""));
    CheckpointParts parts = CheckpointParts.builder().vae(vae).textEncoder(clip).build();
    UNetFiles files = CheckpointReader.read(unet, parts);
    UNetFiles whole = CheckpointReader.read(TinyModels.CHECKPOINT);
    assertThat(files.unet().config()).isEqualTo(whole.unet().config());
    assertThat(files.textEncoders().get(0).config())
        .isEqualTo(whole.textEncoders().get(0).config());
    assertThat(files.checkpoint().tensors()).isEqualTo(whole.checkpoint().tensors());
    assertThat(fileOf(files.textEncoders().get(0).weights())).isEqualTo(clip);

    assertThatThrownBy(
            () -> CheckpointReader.read(unet, CheckpointParts.builder().vae(vae).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no text encoder");
    assertThatThrownBy(
            () -> CheckpointReader.read(unet, CheckpointParts.builder().textEncoder(clip).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no VAE");
  }

  @Test
  void read_textEncoder_mayBeAFolderOrWithoutItsMiddlePart() throws IOException {
    Path bare =
        part(
            "bare.safetensors",
            name -> without(LdmNames.CLIP, "").apply(name).replace("text_model.", ""));
    Path encoder = diffusers().resolve("text_encoder");
    for (Path path : List.of(bare, encoder, diffusers())) {
      UNetFiles files =
          CheckpointReader.read(checkpoint, CheckpointParts.builder().textEncoder(path).build());
      assertThat(fileOf(files.textEncoders().get(0).weights()).startsWith(path)).isTrue();
    }
    assertThatThrownBy(
            () ->
                CheckpointReader.read(
                    checkpoint, CheckpointParts.builder().textEncoder2(bare).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "is SD 1.x, which has one text encoder, but '" + bare + "' was given");
  }

  @Test
  void read_textEncoderOfOtherWidth_saysBoth() throws IOException {
    Path wide = folder.resolve("wide.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    TensorFile.open(TinyModels.CHECKPOINT)
        .tensors()
        .values()
        .forEach(
            entry -> {
              if (entry.name().startsWith(LdmNames.CLIP)) {
                List<Long> shape =
                    entry.shape().stream().map(side -> side == 32 ? 64L : side).toList();
                long size = shape.stream().reduce(1L, Math::multiplyExact);
                writer.tensor(
                    entry.name().substring(LdmNames.CLIP.length()),
                    shape,
                    new float[Math.toIntExact(size)],
                    DType.F16);
              }
            });
    writer.write(wide);
    assertThatThrownBy(
            () ->
                CheckpointReader.read(
                    checkpoint, CheckpointParts.builder().textEncoder(wide).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "its U-Net expects text states of width 32, but its text encoders give 64");
  }
}
