package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.network.ControlNetConfig;
import dev.sdlora.pipeline.network.RandomWeights;
import dev.sdlora.pipeline.network.T2iAdapterConfig;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests requests with ControlNets and T2I-Adapters for SD 2.x and SDXL, and with networks that do
 * not fit.
 */
@Tag("slow")
class FamilyControlTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 72).steps(2).seed(5).build();
  private static final Path SD1_NETWORK = Fixtures.golden("control/tiny-control-sd1").path();
  private static final Path SDXL_NETWORK = Fixtures.golden("control/tiny-control-sdxl").path();
  private static final Path SD1_ADAPTER = Fixtures.golden("control/tiny-t2iadapter-sd1").path();

  @TempDir private static Path folder;
  private static final Map<String, Pipeline> PIPELINES = new HashMap<>();
  private static Path sdxlAdapter;

  @BeforeAll
  static void makeAdapter() {
    T2iAdapterConfig config = new T2iAdapterConfig(3, 16, List.of(32, 32, 32, 32), 2, 1);
    sdxlAdapter =
        new RandomWeights(config.weights(), 4)
            .write(folder.resolve("t2i-sdxl.safetensors"), name -> "adapter." + name);
  }

  @AfterAll
  static void close() {
    PIPELINES.values().forEach(Pipeline::close);
  }

  private static Pipeline pipeline(String set) {
    return PIPELINES.computeIfAbsent(
        set,
        first ->
            Fixtures.float32()
                .checkpoint(
                    Checkpoint.open(
                        FamilyFiles.withWholeVocabulary(
                            FamilyFiles.checkpoint(set, folder),
                            folder.resolve("whole-" + set + ".safetensors"))))
                .build());
  }

  private static byte[] following(String set, ControlUnit... units) {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (ControlUnit unit : units) {
      spec.controlUnit(unit);
    }
    return pipeline(set).generate(spec.build()).first().rgb();
  }

  private static ControlUnit.Builder unit(Path network) {
    return ControlUnit.builder(network, TinyPipeline.image(48, 40));
  }

  private static void assertActs(String set, Path network) {
    byte[] plain = following(set);
    // Inpainting models load the VAE encoder in the first request.
    final int arrays = pipeline(set).liveTensors();
    byte[] followed = following(set, unit(network).build());
    assertThat(followed).isNotEqualTo(plain).isEqualTo(following(set, unit(network).build()));
    assertThat(following(set, unit(network).weight(0.5).build())).isNotIn(plain, followed);
    assertThat(following(set, unit(network).mode(ControlUnit.Mode.PROMPT).build()))
        .isNotIn(plain, followed);
    assertThat(pipeline(set).liveTensors()).isEqualTo(arrays);
  }

  @ParameterizedTest
  @CsvSource({"sdxl", "ssd", "sdxl-inpaint"})
  void generate_controlNetOfSdxl_acts(String set) {
    assertActs(set, SDXL_NETWORK);
  }

  @ParameterizedTest
  @CsvSource({"sdxl", "ssd"})
  void generate_t2iAdapterOfSdxl_acts(String set) {
    assertActs(set, sdxlAdapter);
  }

  @Test
  void generate_controlNetOfSd2_acts() {
    ControlNetConfig config =
        new ControlNetConfig(
            CheckpointReader.read(FamilyFiles.checkpoint("sd2", folder)).unet().config(),
            List.of(4, 6, 8, 10));
    assertThat(config.weights().get("mid_block.attentions.0.proj_in.weight")).hasSize(2);
    Path network =
        new RandomWeights(config.weights(), 3)
            .write(folder.resolve("control-sd2.safetensors"), name -> name);
    assertActs("sd2", network);
    assertThatThrownBy(() -> following("sd1", unit(network).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is for SD 2.x (");
  }

  /** For example, diffusers/controlnet-canny-sdxl-1.0-small has no transformers. */
  @Test
  void generate_controlNetWithoutTransformers_acts() {
    Path network =
        FamilyFiles.without(
            SDXL_NETWORK,
            name -> name.contains(".attentions.") || name.startsWith("mid_block.resnets.1."),
            folder.resolve("small.safetensors"));
    assertActs("sdxl", network);
  }

  @Test
  void generate_networkOfAnotherFamily_namesBoth() {
    assertRefused(
        "sd1",
        SDXL_NETWORK,
        ModelFamily.SDXL,
        "ControlNet",
        "text states of width 96",
        "SD 1.x",
        "32");
    assertRefused(
        "sdxl",
        SD1_NETWORK,
        ModelFamily.SD1,
        "ControlNet",
        "text states of width 32",
        "SDXL",
        "96");
    assertRefused(
        "sdxl",
        SD1_ADAPTER,
        ModelFamily.SD1,
        "T2I-Adapter",
        "channels [32, 32, 32, 64]",
        "SDXL",
        "[32, 32, 32]");
    assertRefused(
        "sd1",
        sdxlAdapter,
        ModelFamily.SDXL,
        "T2I-Adapter",
        "channels [32, 32, 32, 32]",
        "SD 1.x",
        "[32, 32, 32, 64]");
  }

  private static void assertRefused(
      String set,
      Path network,
      ModelFamily family,
      String kind,
      String found,
      String own,
      String expected) {
    final int arrays = pipeline(set).liveTensors();
    final byte[] plain = following(set);
    assertThatThrownBy(() -> following(set, unit(network).build()))
        .isInstanceOfSatisfying(
            CheckpointException.class, e -> assertThat(e.details().foundFamily()).contains(family))
        .hasMessageStartingWith(kind + " '")
        .hasMessageContaining(
            "%s' is for %s (%s), but checkpoint 'whole-%s' is %s (",
            network.getFileName(), family.label(), found, set, own)
        .hasMessageEndingWith(expected + ")");
    assertThat(pipeline(set).liveTensors()).isEqualTo(arrays);
    assertThat(following(set)).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_controlnet, is a Control-LoRA",
    "task_embedding, is a ControlNet Union",
    "control_add_embedding.linear_1.weight, is a ControlNet Union",
    "lllite_unet_input_blocks_4_1.conditioning1.0.weight, is a ControlNet-LLLite",
    "controlnet_blocks.0.single_transformer_blocks.0.x, is for a relative of FLUX.1",
    "context_embedder.weight, is for Stable Diffusion 3"
  })
  void generate_relativesOfControlNets_areRefusedByName(String tensor, String what) {
    Path file = folder.resolve("relative.safetensors");
    new SafetensorsWriter()
        .tensor(tensor, List.of(1L), new float[1], DType.F32)
        .tensor("input_hint_block.0.weight", List.of(1L), new float[1], DType.F32)
        .write(file);
    assertThatThrownBy(() -> following("sd1", unit(file).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(
            "relative.safetensors' " + what, ", which is not supported; expected a ");
  }
}
