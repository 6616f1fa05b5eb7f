package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A LoRA written with the names of any trainer makes the same changes. */
class KeyFamiliesTest {
  private static final int RANK = 2;
  private static final double ALPHA = 1;

  private static final Map<Network, Map<String, List<Long>>> MODEL =
      Map.of(
          Network.UNET, ModelNames.unet(ModelNames.TINY_SD1),
          Network.TEXT_ENCODER, ModelNames.clip(32, 64, 2));

  private static final ModuleIndex INDEX = new ModuleIndex(MODEL);
  private static final Map<String, String> SGM = sgm();

  @TempDir Path folder;

  /** The place where a family stores alpha. */
  private enum Alpha {
    TENSOR,
    METADATA,
    CONFIG,
    RANK_STABILISED_CONFIG,
    /** Not stored: alpha is the rank, so the factor is multiplied into the numbers. */
    NOWHERE
  }

  /** The names of a layer's tensors in a family: down and up, without the ending for alpha. */
  private record Family(
      String name, Alpha alpha, String down, String up, BiFunction<Network, String, String> key) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String KOHYA_DOWN = ".lora_down.weight";
  private static final String KOHYA_UP = ".lora_up.weight";
  private static final String PEFT_DOWN = ".lora_A.weight";
  private static final String PEFT_UP = ".lora_B.weight";

  private static final Family KOHYA =
      kohya("kohya", (network, module) -> prefix(network, "lora_unet_", "lora_te_") + flat(module));

  static Stream<Family> families() {
    return Stream.of(
        kohya("kohya, te1", (n, m) -> prefix(n, "lora_unet_", "lora_te1_") + flat(m)),
        kohya("kohya, sgm", (n, m) -> prefix(n, "lora_unet_", "lora_te_") + flat(sgm(n, m))),
        kohya("LyCORIS", (n, m) -> prefix(n, "lycoris_", "lora_te_") + flat(m)),
        kohya("stable-diffusion.cpp", (n, m) -> "lora." + KOHYA.key.apply(n, m)),
        kohya("kohya, OFT's prefix", (n, m) -> prefix(n, "oft_unet_", "lora_te_") + flat(m)),
        kohya("ComfyUI", KeyFamiliesTest::comfy),
        new Family("ComfyUI, A and B", Alpha.TENSOR, PEFT_DOWN, PEFT_UP, KeyFamiliesTest::comfy),
        new Family(
            "OneTrainer, original",
            Alpha.TENSOR,
            PEFT_DOWN,
            PEFT_UP,
            (n, m) -> prefix(n, "", "text_encoder.") + sgm(n, m)),
        peft("PEFT in diffusers", Alpha.METADATA, "", (n, m) -> folder(n) + m),
        peft("PEFT in diffusers without alpha", Alpha.NOWHERE, "", (n, m) -> folder(n) + m),
        peft("PEFT", Alpha.CONFIG, "", (n, m) -> "base_model.model." + m),
        peft("PEFT, default", Alpha.CONFIG, ".default", (n, m) -> "base_model.model." + m),
        peft("PEFT, rsLoRA", Alpha.RANK_STABILISED_CONFIG, "", (n, m) -> "base_model.model." + m),
        new Family(
            "diffusers, intermediate",
            Alpha.NOWHERE,
            ".lora.down.weight",
            ".lora.up.weight",
            (n, m) -> folder(n) + m),
        new Family(
            "diffusers, network alphas",
            Alpha.TENSOR,
            ".lora.down.weight",
            ".lora.up.weight",
            (n, m) -> folder(n) + m),
        new Family(
            "diffusers, text encoder",
            Alpha.NOWHERE,
            ".lora_linear_layer.down.weight",
            ".lora_linear_layer.up.weight",
            (n, m) -> folder(n) + m),
        processors("diffusers, attention processors", "unet."),
        processors("diffusers, attention processors without unet", ""));
  }

  private static Family kohya(String name, BiFunction<Network, String, String> key) {
    return new Family(name, Alpha.TENSOR, KOHYA_DOWN, KOHYA_UP, key);
  }

  private static Family peft(
      String name, Alpha alpha, String adapter, BiFunction<Network, String, String> key) {
    return new Family(
        name, alpha, ".lora_A" + adapter + ".weight", ".lora_B" + adapter + ".weight", key);
  }

  /** Attention processors support only attention; other layers get kohya's names here. */
  private static Family processors(String name, String prefix) {
    return new Family(
        name,
        Alpha.NOWHERE,
        "_lora.down.weight",
        "_lora.up.weight",
        (network, module) -> {
          int at = module.lastIndexOf(network == Network.UNET ? ".to_" : "_proj");
          if (at < 0) {
            return "";
          }
          return network == Network.UNET
              ? prefix
                  + module.substring(0, at)
                  + ".processor"
                  + module.substring(at).replace("to_out.0", "to_out")
              : "text_encoder."
                  + module.replaceFirst("\\.(.)_proj$", ".to_$1").replace("out_proj", "to_out");
        });
  }

  private static String prefix(Network network, String unet, String text) {
    return network == Network.UNET ? unet : text;
  }

  private static String folder(Network network) {
    return prefix(network, "unet.", "text_encoder.");
  }

  private static String comfy(Network network, String module) {
    return prefix(network, "diffusion_model.", "text_encoders.clip_l.transformer.")
        + sgm(network, module);
  }

  private static String flat(String module) {
    return module.replace('.', '_');
  }

  private static String sgm(Network network, String module) {
    return network == Network.UNET ? SGM.getOrDefault(module, module) : module;
  }

  private static Map<String, String> sgm() {
    Map<String, List<Long>> unet = ModelNames.unet(ModelNames.TINY_SD1);
    return SgmNames.of(
        Map.copyOf(unet).keySet().stream()
            .map(name -> name.replaceFirst("\\.(weight|bias)$", ""))
            .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("families")
  void open_family_changesTheSameWeightsByTheSameAmount(Family family) throws IOException {
    Map<String, double[]> expected = deltas(write(KOHYA, family));
    Map<String, double[]> actual = deltas(write(family, family));

    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    assertThat(actual.size()).isGreaterThan(50);
    actual.forEach(
        (weight, delta) -> {
          double[] same = Objects.requireNonNull(expected.get(weight));
          for (int i = 0; i < delta.length; i++) {
            if (!(Math.abs(delta[i] - same[i]) <= 1e-6)) {
              fail("%s[%d]: expected %s but was %s", weight, i, same[i], delta[i]);
            }
          }
        });
  }

  /** Writes the layers that one family has names for with the names of another. */
  private LoraFile write(Family names, Family layers) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    boolean tensor = names.alpha == Alpha.TENSOR;
    double folded = names.alpha == Alpha.NOWHERE ? ALPHA / RANK : 1;
    MODEL.forEach(
        (network, shapes) ->
            shapes.forEach(
                (name, shape) -> {
                  String module = name.replaceFirst("\\.weight$", "");
                  if (module.equals(name)
                      || shape.size() < 2
                      || layers.key.apply(network, module).isEmpty()) {
                    return;
                  }
                  String key = names.key.apply(network, module);
                  Random random = new Random(module.hashCode());
                  List<Long> down = new ArrayList<>(shape);
                  down.set(0, (long) RANK);
                  List<Long> up = new ArrayList<>(List.of(shape.get(0), (long) RANK));
                  if (shape.size() == 4) {
                    up.addAll(List.of(1L, 1L));
                  }
                  writer.tensor(key + names.down, down, floats(random, down, 1), DType.F32);
                  writer.tensor(key + names.up, up, floats(random, up, folded), DType.F32);
                  if (tensor) {
                    writer.tensor(
                        key + ".alpha", List.of(), new float[] {(float) ALPHA}, DType.F16);
                  }
                }));
    Path home = Files.createTempDirectory(folder, "family");
    String settings = "\"r\": %s, \"lora_alpha\": %s".formatted(RANK, ALPHA);
    switch (names.alpha) {
      case METADATA ->
          writer.metadata(
              "lora_adapter_metadata",
              "{\"unet.lora_alpha\": 1, \"unet.r\": 2, \"text_encoder.lora_alpha\": 8,"
                  + " \"text_encoder.alpha_pattern\": {\"fc1\": 1, \"encoder\": 5, \"fc2\": 1,"
                  + " \"self_attn.q_proj\": 1, \"k_proj\": 1, \"v_proj\": 1, \"^out_proj\": 1,"
                  + " \"token_embedding\": 1.0}}");
      case CONFIG -> Files.writeString(home.resolve("adapter_config.json"), "{" + settings + "}");
      case RANK_STABILISED_CONFIG ->
          Files.writeString(
              home.resolve("adapter_config.json"),
              "{\"use_rslora\": true, \"lora_alpha\": " + ALPHA / Math.sqrt(RANK) + "}");
      case TENSOR, NOWHERE -> {}
    }
    Path path = home.resolve("adapter_model.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private static float[] floats(Random random, List<Long> shape, double scale) {
    float[] floats = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) (random.nextGaussian() * scale);
    }
    return floats;
  }

  /** The first numbers of the change of each weight: scale · up · down. */
  private static Map<String, double[]> deltas(LoraFile file) {
    Map<String, double[]> deltas = new TreeMap<>();
    assertThat(file.strays()).isEmpty();
    TensorFile tensors = file.file();
    try (TensorFile.Reader reader = tensors.reader()) {
      for (LoraModule module : file.modules()) {
        Layer layer = INDEX.find(module.key()).orElseThrow();
        assertThat(module.extent().fits(layer.shape())).as(module.key()).isTrue();
        float[] up = reader.floats(module.part(Part.LORA_UP));
        float[] down = reader.floats(module.part(Part.LORA_DOWN));
        double scale =
            module
                .find(Part.ALPHA)
                .map(alpha -> (double) reader.floats(alpha)[0] / module.rank())
                .orElseGet(() -> module.configuredScale().orElse(1.0));
        double[] delta = new double[16];
        for (int i = 0; i < delta.length; i++) {
          for (int r = 0; r < RANK; r++) {
            delta[i] += scale * up[r + RANK * (i % 4)] * down[r * (down.length / RANK) + i / 4];
          }
        }
        assertThat(deltas.put(layer.network() + layer.weight(), delta)).isNull();
      }
    }
    return deltas;
  }

  @Test
  void open_sameFamilyTwice_isTheSame() throws IOException {
    Map<String, double[]> once = deltas(write(KOHYA, KOHYA));
    Map<String, double[]> counted = new LinkedHashMap<>(once);
    assertThat(counted).hasSize(MODEL.values().stream().mapToInt(KeyFamiliesTest::matrices).sum());
  }

  private static int matrices(Map<String, List<Long>> shapes) {
    return (int)
        shapes.entrySet().stream()
            .filter(e -> e.getKey().endsWith(".weight") && e.getValue().size() > 1)
            .count();
  }
}
