package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
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
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointReaderTest {
  private static final Path SINGLE_FILE = TinyModels.CHECKPOINT;
  private static final Path FOLDER = resource("/dev/sdlora/families/diffusers");

  private static final String CONV = "model.diffusion_model.input_blocks.4.0.in_layers.2.weight";

  @TempDir Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(CheckpointReaderTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Copies the checkpoint with renamed tensors; those renamed to the empty string are omitted. */
  private Path copy(UnaryOperator<String> rename, Map<String, List<Long>> more) {
    TensorFile file = TensorFile.open(SINGLE_FILE);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .values()
          .forEach(
              entry -> {
                String name = rename.apply(entry.name());
                if (!name.isEmpty()) {
                  writer.tensor(
                      name,
                      entry.dtype(),
                      entry.shape(),
                      channel -> channel.write(reader.bytes(entry)));
                }
              });
      more.forEach(
          (name, shape) ->
              writer.tensor(
                  name,
                  shape,
                  new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))],
                  DType.F16));
      Path path = folder.resolve("copy.safetensors");
      writer.write(path);
      return path;
    }
  }

  @Test
  void read_bothLayouts_giveTheSameDimensions() {
    UNetFiles single = CheckpointReader.read(SINGLE_FILE);
    UNetFiles diffusers = CheckpointReader.read(FOLDER);

    assertThat(single.unet().config())
        .isEqualTo(
            new UNetConfig(4, 4, List.of(32, 32, 32, 64), 2, List.of(1, 1, 1, 0), 1, 8, 32, false))
        .isEqualTo(diffusers.unet().config());
    assertThat(single.vae().config())
        .isEqualTo(new VaeConfig(List.of(32, 32, 32, 32), 2, 4, 0.18215))
        .isEqualTo(diffusers.vae().config());
    assertThat(single.textEncoders().get(0).config())
        .isEqualTo(new ClipConfig(32, 5, 4, 64, 49408, 77));
    assertThat(diffusers.textEncoders().get(0).config())
        .isEqualTo(new ClipConfig(32, 5, 4, 64, 1000, 77));

    Checkpoint checkpoint = single.checkpoint();
    assertThat(checkpoint.family()).isEqualTo(ModelFamily.SD1);
    assertThat(checkpoint.storage()).isEqualTo("float16");
    assertThat(checkpoint.defaultSize()).isEqualTo(new ImageSize(128, 128));
    assertThat(diffusers.checkpoint().isFolder()).isTrue();
    assertThat(diffusers.checkpoint().defaultSize()).isEqualTo(new ImageSize(128, 128));
  }

  @Test
  void read_pickle_givesTheSameModel() throws IOException {
    Path path = folder.resolve("model.ckpt");
    TorchWriter.write(TensorFile.open(SINGLE_FILE), path);
    UNetFiles pickled = CheckpointReader.read(path);
    UNetFiles plain = CheckpointReader.read(SINGLE_FILE);

    assertThat(pickled.unet().config()).isEqualTo(plain.unet().config());
    assertThat(pickled.vae().config()).isEqualTo(plain.vae().config());
    assertThat(pickled.textEncoders().get(0).config())
        .isEqualTo(plain.textEncoders().get(0).config());
    assertThat(pickled.checkpoint().storage()).isEqualTo("float16");
    assertThat(pickled.checkpoint().parameterCount())
        .isEqualTo(plain.checkpoint().parameterCount());
    Origin origin = Objects.requireNonNull(pickled.unet().weights().get("conv_in.weight"));
    Origin expected = Objects.requireNonNull(plain.unet().weights().get("conv_in.weight"));
    try (TensorFile.Reader reader = origin.file().reader();
        TensorFile.Reader plainReader = expected.file().reader()) {
      assertThat(reader.floats(origin.entry())).isEqualTo(plainReader.floats(expected.entry()));
    }
  }

  @Test
  void read_trainingLeftovers_areIgnored() {
    Path path =
        copy(
            name -> name,
            Map.of(
                "model_ema.diffusion_modelinput_blocks00weight", List.of(7L),
                "model_ema.decay", List.of(),
                "optimizer_states.0.x", List.of(3L)));
    assertThat(CheckpointReader.read(path).checkpoint().tensors())
        .isEqualTo(CheckpointReader.read(SINGLE_FILE).checkpoint().tensors());
  }

  @Test
  void read_clipWithoutItsMiddlePrefix_works() {
    Path path = copy(name -> name.replace("transformer.text_model.", "transformer."), Map.of());
    assertThat(CheckpointReader.read(path).textEncoders().get(0).config().layers()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONV,
        "model.diffusion_model.input_blocks.3.0.op.weight",
        "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.attn2.to_k.weight",
        "model.diffusion_model.out.2.bias",
        "model.diffusion_model.time_embed.0.weight",
        "first_stage_model.decoder.up.1.upsample.conv.weight",
        "first_stage_model.encoder.mid.attn_1.q.weight",
        "first_stage_model.decoder.norm_out.weight",
        "cond_stage_model.transformer.text_model.encoder.layers.2.mlp.fc1.weight",
        "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight"
      })
  void read_tensorMissing_isNamed(String missing) {
    Path path = copy(name -> name.equals(missing) ? "" : name, Map.of());
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("'" + missing + "'")
        .hasMessageContaining("missing");
  }

  @ParameterizedTest
  @CsvSource({
    CONV,
    "model.diffusion_model.input_blocks.1.0.out_layers.0.weight",
    "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.weight",
    "first_stage_model.decoder.conv_out.weight",
    "cond_stage_model.transformer.text_model.final_layer_norm.bias"
  })
  void read_tensorMisshapen_isNamedWithBothShapes(String wrong) {
    List<Long> actual = TensorFile.open(SINGLE_FILE).find(wrong).orElseThrow().shape();
    Path path = copy(name -> name.equals(wrong) ? "" : name, Map.of(wrong, List.of(5L, 7L)));
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'" + wrong + "'")
        .hasMessageContaining("[5, 7]")
        .hasMessageContaining(actual.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_unet_x.lora_down.weight | is a LoRA, not a checkpoint",
        "conditioner.embedders.0.transformer.x | has no U-Net",
        "cond_stage_model.model.x | has no U-Net",
        "model.diffusion_model.double_blocks.0.x | is a relative of FLUX.1, which is not supported",
        "single_transformer_blocks.0.x | is a relative of FLUX.1, which is not supported",
        "joint_transformer_blocks.0.x | is AuraFlow, which is not supported",
        "joint_blocks.0.x | is Stable Diffusion 3, whose denoiser is a transformer",
        "cap_embedder.0.x | is Lumina-Image 2 or Z-Image, which is not supported",
        "transformer_blocks.0.img_mod.1.x | is Qwen-Image, which is not supported",
        "nerf_final_layer_conv.conv.x | is Chroma Radiance, which is not supported",
        "llm_adapter.blocks.0.self_attn.x | is Anima, which is not supported",
        "model.diffusion_model.blocks.3.self_attn.q.x | is Wan, which is not supported",
        "model.diffusion_model.clip_txt_mapper.x | is Stable Cascade, which is not supported",
        "emb_params | textual inversion",
        "blocks.0.self_attn.k.diff | holds only differences from the weights of a model",
        "something.else | is not a Stable Diffusion checkpoint"
      })
  void read_otherFile_saysWhatItIs(String tensor, String message) {
    Path path = folder.resolve("other.safetensors");
    new SafetensorsWriter().tensor(tensor, List.of(1L), new float[1], DType.F32).write(path);
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  @Test
  void read_folderOfALaterFamily_saysWhatItIs() throws IOException {
    Path transformer = Files.createDirectory(folder.resolve("transformer"));
    new SafetensorsWriter()
        .tensor("single_transformer_blocks.0.x", List.of(1L), new float[1], DType.F32)
        .tensor("time_text_embed.guidance_embedder.x", List.of(1L), new float[1], DType.F32)
        .write(transformer.resolve("diffusion_pytorch_model.safetensors"));
    assertThatThrownBy(() -> CheckpointReader.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("'" + folder + "' is a relative of FLUX.1, which is not supported");
  }

  @Test
  void read_withoutVae_saysSo() {
    Path path = copy(name -> name.startsWith("first_stage_model") ? "" : name, Map.of());
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no VAE");
  }

  @Test
  void read_folderOfSomethingElse_saysWhatIsExpected() {
    assertThatThrownBy(() -> CheckpointReader.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("sub-folder 'unet'");
    assertThatThrownBy(() -> CheckpointReader.read(folder.resolve("missing")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void read_oldDiffusersVae_isUnderstood() throws IOException {
    copyFolder();
    Path weights = folder.resolve("model/vae/diffusion_pytorch_model.safetensors");
    TensorFile file = TensorFile.open(weights);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .values()
          .forEach(
              entry ->
                  writer.tensor(
                      entry
                          .name()
                          .replace(".to_q.", ".query.")
                          .replace(".to_k.", ".key.")
                          .replace(".to_v.", ".value.")
                          .replace(".to_out.0.", ".proj_attn."),
                      entry.dtype(),
                      entry.shape(),
                      channel -> channel.write(reader.bytes(entry))));
      Path renamed = folder.resolve("renamed.safetensors");
      writer.write(renamed);
      Files.move(renamed, weights, StandardCopyOption.REPLACE_EXISTING);
    }
    UNetFiles old = CheckpointReader.read(folder.resolve("model"));
    assertThat(old.vae().weights().keySet())
        .isEqualTo(CheckpointReader.read(FOLDER).vae().weights().keySet());
  }

  private void copyFolder() throws IOException {
    try (Stream<Path> paths = Files.walk(FOLDER)) {
      for (Path path : paths.toList()) {
        Files.copy(path, folder.resolve("model").resolve(FOLDER.relativize(path).toString()));
      }
    }
  }

  @Test
  void read_modelThatPredictsVelocity_isKnownByItsMarks() throws IOException {
    assertThat(CheckpointReader.read(SINGLE_FILE).prediction()).isEqualTo(Prediction.EPSILON);
    Path marked = copy(name -> name, Map.of("v_pred", List.of()));
    assertThat(CheckpointReader.read(marked).prediction()).isEqualTo(Prediction.V_PREDICTION);

    copyFolder();
    Path config = folder.resolve("model/scheduler/scheduler_config.json");
    assertThat(CheckpointReader.read(folder.resolve("model")).prediction())
        .isEqualTo(Prediction.EPSILON);
    Files.writeString(config, "{\"prediction_type\": \"v_prediction\"}");
    assertThat(CheckpointReader.read(folder.resolve("model")).prediction())
        .isEqualTo(Prediction.V_PREDICTION);
    Files.writeString(config, "{\"prediction_type\": \"sample\"}");
    assertThat(CheckpointReader.read(folder.resolve("model")).prediction())
        .isEqualTo(Prediction.SAMPLE);
    Files.writeString(config, "{\"prediction_type\": \"flow\"}");
    assertThatThrownBy(() -> CheckpointReader.read(folder.resolve("model")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("unknown prediction type 'flow'")
        .hasMessageContaining("expected epsilon, v_prediction or sample");
    Files.delete(config);
    assertThat(CheckpointReader.read(folder.resolve("model")).prediction())
        .isEqualTo(Prediction.EPSILON);
  }
}
