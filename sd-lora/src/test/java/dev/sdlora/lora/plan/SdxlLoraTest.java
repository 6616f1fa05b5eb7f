package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** LoRAs for SDXL: on SDXL, on other models, and with the layer names of several trainers. */
class SdxlLoraTest {
  private static final Map<Network, Map<String, List<Long>>> MODEL =
      Map.of(
          Network.UNET, ModelNames.unet(ModelNames.TINY_SDXL),
          Network.TEXT_ENCODER, ModelNames.clip(32, 64, 5),
          Network.TEXT_ENCODER_2, projected(ModelNames.clip(64, 128, 4)));

  private static final ModuleIndex SDXL = new ModuleIndex(MODEL);

  private static final ModuleIndex SD1 =
      new ModuleIndex(
          Map.of(
              Network.UNET, ModelNames.unet(ModelNames.TINY_SD1),
              Network.TEXT_ENCODER, ModelNames.clip(32, 64, 5)));

  @TempDir Path folder;

  private static Map<String, List<Long>> projected(Map<String, List<Long>> clip) {
    Map<String, List<Long>> weights = new LinkedHashMap<>(clip);
    weights.put("text_projection.weight", List.of(64L, 64L));
    return weights;
  }

  /** The modules of a file by kohya's trainer, without its metadata. */
  private LoraFile kohya() {
    SafetensorsWriter writer = new SafetensorsWriter();
    ModelNames.resource("sdxl-lora.txt.gz")
        .forEach(
            (key, size) -> {
              List<Long> down = List.of(1L, size.get(1));
              List<Long> up = List.of(size.get(0), 1L);
              writer.tensor(
                  key + ".lora_down.weight", down, new float[size.get(1).intValue()], DType.F16);
              writer.tensor(
                  key + ".lora_up.weight", up, new float[size.get(0).intValue()], DType.F16);
            });
    Path path = folder.resolve("xl.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private static PatchPlan.Matched match(
      ModuleIndex index, ModelFamily family, LoraFile file, BlockWeights blocks) {
    LoraStrength strength = LoraStrength.of(1, 1).withBlocks(blocks);
    return PatchPlan.match(index, "tiny", family, List.of(new LoraUse("xl", file, strength)));
  }

  @Test
  void match_fileOfKohyasTrainer_changesALayerWithEachModule() {
    LoraFile file = kohya();
    assertThat(file.family()).isEqualTo(ModelFamily.SDXL);
    PatchPlan.Matched matched = match(SDXL, ModelFamily.SDXL, file, BlockWeights.ALL);
    assertThat(matched.matches()).containsExactly(new PatchPlan.Match(296, List.of()));
    Map<Network, Map<String, List<PatchPlan.Change>>> changes = matched.plan().changes();
    assertThat(changes.get(Network.UNET)).hasSize(242);
    assertThat(changes.get(Network.TEXT_ENCODER)).hasSize(30);
    assertThat(changes.get(Network.TEXT_ENCODER_2)).hasSize(24);
  }

  @ParameterizedTest
  @CsvSource({
    "'1,0,0,0,0,0,0,0,0,0,0,0', 0",
    "'0,1,0,0,0,0,0,0,0,0,0,0', 22",
    "'0,0,0,0,1,1,0,0,0,0,0,0', 44",
    "'0,0,0,0,0,0,0,0,0,0,0,1', 22",
    "'0,1,1,1,1,1,1,1,1,1,1,1', 242",
    "'0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0', 22",
    "'0,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,1,1,1', 0",
    "INALL, 88",
    "OUTS, 66",
    "MID, 22"
  })
  void match_blockWeights_leaveTheBlocksThatTheyName(String blocks, int unet) {
    PatchPlan plan = match(SDXL, ModelFamily.SDXL, kohya(), BlockWeights.parse(blocks)).plan();
    assertThat(plan.changes().getOrDefault(Network.UNET, Map.of())).hasSize(unet);
  }

  @Test
  void match_loraOfAnotherFamily_isRefusedWithBothNames() {
    LoraFile xl = kohya();
    assertThatThrownBy(() -> match(SD1, ModelFamily.SD1, xl, BlockWeights.ALL))
        .isInstanceOfSatisfying(
            LoraException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_FAMILY))
        .hasMessageContaining("is for SDXL, but checkpoint 'tiny' is SD 1.x");
    assertThatThrownBy(() -> match(SD1, ModelFamily.SD2, xl, BlockWeights.ALL))
        .hasMessageContaining("is for SDXL, but checkpoint 'tiny' is SD 2.x");
    LoraFile sd1 = written(MODEL_OF_SD1, KeyNaming.KOHYA::key);
    assertThat(sd1.family()).isEqualTo(ModelFamily.SD1);
    assertThatThrownBy(() -> match(SDXL, ModelFamily.SDXL, sd1, BlockWeights.ALL))
        .hasMessageContaining("is for SD 1.x, but checkpoint 'tiny' is SDXL");
    LoraFile sd2 = written(MODEL_OF_SD2, KeyNaming.PEFT::key);
    assertThat(sd2.family()).isEqualTo(ModelFamily.SD2);
    assertThatThrownBy(() -> match(SD1, ModelFamily.SD1, sd2, BlockWeights.ALL))
        .hasMessageContaining("is for SD 2.x, but checkpoint 'tiny' is SD 1.x");
  }

  private static final Map<Network, Map<String, List<Long>>> MODEL_OF_SD1 =
      Map.of(Network.UNET, ModelNames.unet(ModelNames.TINY_SD1));

  private static final Map<Network, Map<String, List<Long>>> MODEL_OF_SD2 =
      Map.of(Network.UNET, ModelNames.unet(ModelNames.TINY_SD2));

  /** A LoRA of rank 1 for all matrices and convolutions of a model. */
  private LoraFile written(
      Map<Network, Map<String, List<Long>>> model, BiFunction<Network, String, String> names) {
    SafetensorsWriter writer = new SafetensorsWriter();
    model.forEach(
        (network, weights) ->
            weights.forEach(
                (weight, shape) -> {
                  if (shape.size() > 1) {
                    String key = names.apply(network, weight.replace(".weight", ""));
                    List<Long> kernel = shape.subList(2, shape.size());
                    writer.tensor(
                        key + ".lora_down.weight",
                        joined(1, shape.get(1), kernel),
                        zeros(shape.get(1), kernel),
                        DType.F16);
                    writer.tensor(
                        key + ".lora_up.weight",
                        joined(shape.get(0), 1, kernel.stream().map(side -> 1L).toList()),
                        zeros(shape.get(0), List.of()),
                        DType.F16);
                  }
                }));
    Path path = folder.resolve("written.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private static List<Long> joined(long first, long second, List<Long> rest) {
    return Stream.concat(Stream.of(first, second), rest.stream()).toList();
  }

  private static float[] zeros(long count, List<Long> kernel) {
    return new float[Math.toIntExact(count * kernel.stream().reduce(1L, (a, b) -> a * b))];
  }

  static Stream<Arguments> trainers() {
    Map<String, String> sgm = sgm();
    BiFunction<Network, String, String> original =
        (network, layer) -> network == Network.UNET ? sgm.getOrDefault(layer, layer) : layer;
    return Stream.of(
        trainer("kohya", KeyNaming.KOHYA.names(ModelFamily.SDXL)::key),
        trainer(
            "kohya with diffusers' names",
            (n, l) -> prefix(n, "lora_unet_", "lora_te1_", "lora_te2_") + l.replace('.', '_')),
        trainer("PEFT in diffusers", KeyNaming.PEFT.names(ModelFamily.SDXL)::key),
        trainer(
            "LyCORIS",
            (n, l) -> prefix(n, "lycoris_", "lora_te1_", "lora_te2_") + l.replace('.', '_')),
        trainer(
            "ComfyUI",
            (n, l) ->
                prefix(
                        n,
                        "diffusion_model.",
                        "text_encoders.clip_l.transformer.",
                        "text_encoders.clip_g.transformer.")
                    + original.apply(n, l)),
        trainer(
            "ComfyUI, short",
            (n, l) ->
                prefix(n, "diffusion_model.", "clip_l.transformer.", "clip_g.transformer.")
                    + original.apply(n, l)),
        trainer(
            "OneTrainer",
            (n, l) -> prefix(n, "unet.", "clip_l.", "clip_g.") + original.apply(n, l)),
        trainer(
            "OneTrainer, diffusers",
            (n, l) -> prefix(n, "lora_unet.", "lora_te1.", "lora_te2.") + l));
  }

  private static Arguments trainer(String name, BiFunction<Network, String, String> names) {
    return Arguments.of(name, names);
  }

  private static String prefix(Network network, String unet, String first, String second) {
    return switch (network) {
      case UNET -> unet;
      case TEXT_ENCODER -> first;
      case TEXT_ENCODER_2 -> second;
      case TEXT_ENCODER_3 -> throw new IllegalArgumentException(network.toString());
    };
  }

  private static Map<String, String> sgm() {
    return SgmNames.of(
        Stream.ofNullable(MODEL.get(Network.UNET))
            .flatMap(weights -> weights.keySet().stream())
            .map(name -> name.replaceFirst("\\.(weight|bias)$", ""))
            .collect(Collectors.toSet()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trainers")
  void find_namesOfATrainer_areThoseOfTheLayers(
      String trainer, BiFunction<Network, String, String> names) {
    MODEL.forEach(
        (network, weights) ->
            weights.forEach(
                (weight, shape) -> {
                  if (weight.endsWith(".weight")) {
                    String key = names.apply(network, weight.replace(".weight", ""));
                    assertThat(SDXL.find(key)).as(key).map(Layer::weight).hasValue(weight);
                    assertThat(SDXL.find(key)).map(Layer::network).hasValue(network);
                  }
                }));
  }
}
