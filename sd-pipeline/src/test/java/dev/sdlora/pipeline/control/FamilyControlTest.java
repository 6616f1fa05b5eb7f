package dev.sdlora.pipeline.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Files;
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
  private static final Path LORA = Fixtures.golden("control/tiny-control-lora-sdxl").path();
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
    return PIPELINES.computeIfAbsent(set, first -> builder(set).build());
  }

  private static Pipeline.Builder builder(String set) {
    Path whole = folder.resolve("whole-" + set + ".safetensors");
    if (!Files.exists(whole)) {
      FamilyFiles.withWholeVocabulary(FamilyFiles.checkpoint(set, folder), whole);
    }
    return Fixtures.float32().checkpoint(Checkpoint.open(whole));
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

  private static ControlUnit.Builder union(String type) {
    return unit(FamilyFiles.union()).unionType(type);
  }

  @ParameterizedTest
  @CsvSource({"sdxl", "ssd", "sdxl-inpaint"})
  void generate_union_actsByItsType(String set) {
    final byte[] plain = following(set);
    final int arrays = pipeline(set).liveTensors();
    byte[] depth = following(set, union("depth").build());
    assertThat(depth).isNotEqualTo(plain).isEqualTo(following(set, union("depth").build()));
    assertThat(following(set, union("normal").build())).isNotIn(plain, depth);
    assertThat(following(set, union("depth").weight(0.5).build())).isNotIn(plain, depth);
    byte[] soft = following(set, union("depth").mode(ControlUnit.Mode.PROMPT).build());
    assertThat(soft).isNotIn(plain, depth);
    assertThat(following(set, union("depth").mode(ControlUnit.Mode.CONTROL).build()))
        .isNotIn(plain, depth, soft);
    assertThat(pipeline(set).liveTensors()).isEqualTo(arrays);
  }

  @Test
  void generate_unionWithPreprocessor_hasItsType() {
    ControlUnit.Builder edges = unit(FamilyFiles.union()).preprocessor(Preprocessor.CANNY);
    byte[] followed = following("sdxl", edges.build());
    assertThat(followed).isEqualTo(following("sdxl", edges.unionType("mlsd").build()));
    assertThat(followed).isNotEqualTo(following("sdxl", edges.unionType("scribble").build()));
  }

  @Test
  void generate_unionTwice_isOneCallWhileBothAct() {
    Path copy =
        FamilyFiles.without(FamilyFiles.union(), name -> false, folder.resolve("c.safetensors"));
    ControlUnit depth = union("depth").weight(0.6).build();
    ControlUnit normal = union("normal").weight(0.9).build();
    ControlUnit other = unit(copy).unionType("normal").weight(0.9).build();
    final byte[] together = following("sdxl", depth, normal);
    assertThat(together).isEqualTo(following("sdxl", depth, normal));
    // Units of two files, or with different modes, are added up.
    byte[] apart = following("sdxl", depth, other);
    assertThat(apart).isNotEqualTo(together);
    ControlUnit prompt = normal.toBuilder().mode(ControlUnit.Mode.PROMPT).build();
    assertThat(following("sdxl", depth, prompt))
        .isEqualTo(following("sdxl", depth, other.toBuilder().mode(prompt.mode()).build()));
    // One after the other, each is a call of its own.
    ControlUnit first = depth.toBuilder().range(0, 0.4).build();
    ControlUnit second = normal.toBuilder().range(0.5, 1).build();
    assertThat(following("sdxl", first, second))
        .isEqualTo(following("sdxl", first, other.toBuilder().range(0.5, 1).build()));
    assertThat(following("sdxl", depth, normal.toBuilder().weight(0).build()))
        .isEqualTo(following("sdxl", depth));
  }

  @Test
  void generate_promax_hasTileAndInpaint() {
    Path promax = FamilyFiles.promax(folder);
    byte[] tile = following("sdxl", unit(promax).unionType("tile").build());
    byte[] inpaint = following("sdxl", unit(promax).unionType("repaint").build());
    assertThat(inpaint).isNotIn(tile, following("sdxl"));
    assertThat(tile)
        .isEqualTo(
            following("sdxl", unit(promax).preprocessor(Preprocessor.TILE_RESAMPLE).build()));
  }

  @Test
  void generate_unionKept_equalsOneThatIsReadForTheRequest() {
    byte[] followed = following("sdxl", union("depth").build(), union("canny").build());
    try (Pipeline kept = builder("sdxl").controlNet(FamilyFiles.union()).build()) {
      PromptSpec spec =
          SPEC.toBuilder()
              .controlUnit(union("depth").build())
              .controlUnit(union("canny").build())
              .build();
      assertThat(kept.generate(spec).first().rgb()).isEqualTo(followed);
      assertThatThrownBy(
              () -> kept.generate(spec.toBuilder().controlUnit(union("tile").build()).build()))
          .hasMessageContaining("has no type 'tile'");
    }
  }

  @Test
  void generate_inBfloat16_acts() {
    try (Pipeline half = builder("sdxl").precision(Precision.BFLOAT16).build()) {
      byte[] plain = half.generate(SPEC).first().rgb();
      for (ControlUnit.Builder unit : List.of(union("depth"), unit(LORA))) {
        PromptSpec spec = SPEC.toBuilder().controlUnit(unit.build()).build();
        byte[] followed = half.generate(spec).first().rgb();
        assertThat(followed).isNotEqualTo(plain);
        assertThat(difference(followed, following("sdxl", unit.build())))
            .isLessThan(difference(followed, plain) / 4);
      }
    }
  }

  private static double difference(byte[] one, byte[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
    }
    return sum / one.length;
  }

  @Test
  void generate_unionWithHiresFix_followsInBothPasses() {
    PromptSpec.Builder spec =
        SPEC.toBuilder().hiresFix(HiresFix.builder().scale(1.5).denoisingStrength(0.6).build());
    byte[] plain = pipeline("sdxl").generate(spec.build()).first().rgb();
    spec.controlUnit(union("depth").build()).controlUnit(union("openpose").build());
    assertThat(pipeline("sdxl").generate(spec.build()).first().rgb())
        .hasSameSizeAs(plain)
        .isNotEqualTo(plain);
  }

  @Test
  void generate_controlLora_acts() {
    assertActs("sdxl", LORA);
  }

  @Test
  void generate_controlLoraOfAnotherFamily_namesTheFirstMatrix() {
    assertThatThrownBy(() -> following("sd1", unit(LORA).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tiny-control-lora-sdxl.safetensors' is a Control-LoRA for another");
  }

  @Test
  void generate_unionWithoutItsType_saysWhich() {
    assertThatThrownBy(() -> following("sdxl", unit(FamilyFiles.union()).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "ControlNet Union 'tiny-union-sdxl' reads several types of control images, and"
                + " preprocessor 'none' does not show the type of this one; set unionType to one of"
                + " openpose, depth, softedge, canny, normal, segment");
    assertThatThrownBy(() -> following("sdxl", union("tile").build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("ControlNet Union '")
        .hasMessageContaining("tiny-union-sdxl.safetensors' has no type 'tile'; it has openpose, ")
        .hasMessageEndingWith("and files of ProMax have tile and inpaint too");
    assertThatThrownBy(() -> union("dept"))
        .hasMessage(
            "union type 'dept' is unknown; known values: openpose, depth, softedge, canny, normal,"
                + " segment, tile, inpaint; did you mean 'depth'?");
    assertRefused(
        "sd1",
        FamilyFiles.union(),
        ModelFamily.SDXL,
        "ControlNet",
        "text states of width 96",
        "SD 1.x",
        "32");
  }

  @Test
  void generate_typeOfAnotherNetwork_isAWarning() {
    PromptSpec spec =
        SPEC.toBuilder().controlUnit(unit(SDXL_NETWORK).unionType("depth").build()).build();
    GenerationResult result = pipeline("sdxl").generate(spec);
    assertThat(result.warnings())
        .contains(
            "type 'depth' of a control unit has no effect, because 'tiny-control-sdxl' is not a"
                + " ControlNet Union");
    assertThat(result.first().rgb()).isEqualTo(following("sdxl", unit(SDXL_NETWORK).build()));
    assertThat(result.first().infotext()).contains("Union Control Type: Depth");
  }

  @ParameterizedTest
  @CsvSource({
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
