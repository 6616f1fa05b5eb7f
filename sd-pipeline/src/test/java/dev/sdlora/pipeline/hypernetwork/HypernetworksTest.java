package dev.sdlora.pipeline.hypernetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests hypernetworks in images. A hypernetwork that multiplies each number by a factor is
 * equivalent to an IA3 adapter that scales the inputs of keys and values and uses different code.
 */
class HypernetworksTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .negativePrompt("ugly")
          .size(64, 64)
          .steps(3)
          .seed(5)
          .build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() {
    write("unfit", Set.of(768, 320), Map.of());
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .hypernetworkDirectory(folder)
            .build();
    UNetConfig unet = TinyPipeline.model(pipeline).networks().unet().config();
    Set<Integer> widths = new LinkedHashSet<>();
    SafetensorsWriter twin = new SafetensorsWriter();
    unet.weights()
        .forEach(
            (name, shape) -> {
              for (int side = 0; side < 2; side++) {
                if (name.endsWith(List.of(".to_k.weight", ".to_v.weight").get(side))) {
                  int width = shape.get(1).intValue();
                  widths.add(width);
                  String layer = "lora_unet_" + name.replace(".weight", "").replace('.', '_');
                  twin.tensor(
                      layer + ".weight", List.of((long) width), factors(width, side), DType.F32);
                  twin.tensor(layer + ".on_input", List.of(1L), new float[] {1}, DType.F32);
                }
              }
            });
    twin.write(folder.resolve("twin_lora.safetensors"));
    write("scaling", widths, Map.of());
    write("bent", Set.of(unet.contextWidth()), Map.of("activation_func", "relu"));
    arrays = pipeline.liveTensors();
  }

  @AfterAll
  static void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  private static float[] factors(int width, int side) {
    float[] factors = new float[width];
    for (int i = 0; i < width; i++) {
      factors[i] = (float) Math.sin(1 + i + 7 * side);
    }
    return factors;
  }

  /** Writes one layer whose weight is diagonal. */
  private static void write(String name, Set<Integer> widths, Map<String, String> settings) {
    SafetensorsWriter writer = new SafetensorsWriter();
    settings.forEach(writer::metadata);
    for (int width : widths) {
      for (int side = 0; side < 2; side++) {
        float[] factors = factors(width, side);
        float[] weight = new float[width * width];
        for (int i = 0; i < width; i++) {
          weight[i * width + i] = factors[i];
        }
        String layer = width + "." + side + ".linear.0.";
        writer.tensor(layer + "weight", List.of((long) width, (long) width), weight, DType.F32);
        writer.tensor(layer + "bias", List.of((long) width), new float[width], DType.F32);
      }
    }
    writer.write(folder.resolve(name + ".safetensors"));
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  private static void assertAlike(byte[] actual, byte[] expected) {
    int levels = 0;
    for (int i = 0; i < actual.length; i++) {
      int difference = Math.abs((actual[i] & 0xff) - (expected[i] & 0xff));
      assertThat(difference).isLessThanOrEqualTo(1);
      levels += difference;
    }
    assertThat(levels).isLessThan(actual.length / 50);
  }

  @Test
  void generate_scaling_isTheAdapterThatScalesInputs() {
    LoraAdapter twin = LoraAdapter.open(folder.resolve("twin_lora.safetensors"));
    byte[] plain = rgb(SPEC);
    byte[] expected =
        rgb(SPEC.toBuilder().lora(twin.withStrength(0.6)).loraMode(LoraMode.PATCHED).build());

    byte[] actual = rgb(prompt("a cat<hypernet:scaling:0.6>"));

    assertAlike(actual, expected);
    int far = 0;
    for (int i = 0; i < plain.length; i++) {
      far = Math.max(far, Math.abs((plain[i] & 0xff) - (expected[i] & 0xff)));
    }
    assertThat(far).isGreaterThan(10);
  }

  @Tag("slow")
  @Test
  void generate_besideALoraThatChanges_bothAct() {
    String lora = "<lora:tiny_lora:0.8@0,0@1>";
    PromptSpec both =
        prompt("a cat" + lora + "<hypernet:scaling:0.6>").toBuilder()
            .loraMode(LoraMode.PATCHED)
            .build();
    byte[] alone = rgb(prompt("a cat<hypernet:scaling:0.6>"));
    byte[] drawn = rgb(both);

    assertThat(drawn).isNotEqualTo(alone).isNotEqualTo(rgb(prompt("a cat" + lora)));
    // With the other mode, weights change during the request, and hypernetworks stay applied.
    assertAlike(drawn, rgb(both.toBuilder().loraMode(LoraMode.OVERLAY).build()));
  }

  @Test
  void generate_multiplier0_isThePlainPictureByteForByte() {
    byte[] plain = rgb(SPEC);
    assertThat(rgb(prompt("a cat<hypernet:scaling:0>"))).isEqualTo(plain);
    assertThat(rgb(prompt("a cat<hypernet:bent:1>"))).isNotEqualTo(plain);
    assertThat(rgb(SPEC)).isEqualTo(plain);
  }

  @Test
  void generate_parameters_nameTheHypernetworkAndItsHash() {
    GeneratedImage drawn = pipeline.generate(prompt("a cat<hypernet: bent :0.5>")).first();

    assertThat(drawn.infotext()).startsWith("a cat<hypernet: bent :0.5>\n");
    PromptSpec read = PromptSpec.fromInfotext(drawn.infotext());
    assertThat(read.otherParameters().get("Hypernet hashes")).matches("bent: [0-9a-f]{10}");
    assertThat(rgb(read)).isEqualTo(drawn.rgb());
    // Before January 2023, A1111 did not include it in the prompt.
    String old =
        "a cat\nNegative prompt: ugly\nSteps: 3, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5,"
            + " Size: 64x64, Hypernet: bent, Hypernet hash: 12345678, Hypernet strength: 0.5";
    assertThat(PromptSpec.fromInfotext(old).prompt()).isEqualTo("a cat<hypernet:bent:0.5>");
    assertThat(PromptSpec.fromInfotext(old.replace(", Hypernet strength: 0.5", "")).prompt())
        .isEqualTo("a cat<hypernet:bent:1>");
  }

  @Test
  void generate_whatCannotBeUsed_isAnErrorOrAWarning() {
    refuses("<hypernet:bend:1>", "hypernetwork 'bend' is not in ", "did you mean 'bent'?");
    refuses(
        "<hypernet:unfit:1>",
        "hypernetwork 'unfit' changes layers of widths [320, 768] (the text of SD 1.x has width"
            + " 768), but checkpoint 'tiny-sd1' is SD 1.x, whose attention reads widths [",
        "]");
    assertThatThrownBy(() -> rgb(prompt("<hypernet:bent:strong>")))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("has an invalid weight: 'strong' is not a number");
    assertThatThrownBy(() -> rgb(prompt("<hypernet::1>")))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("has no name; write <hypernet:name:weight>");
    PromptSpec lenient = prompt("a cat<hypernet:bend:1>").toBuilder().lenient(true).build();
    assertThat(pipeline.generate(lenient).warnings())
        .singleElement()
        .asString()
        .endsWith("; it was skipped");
  }

  private static void refuses(String prompt, String start, String end) {
    assertThatThrownBy(() -> rgb(prompt(prompt)))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageStartingWith(start)
        .hasMessageEndingWith(end);
  }
}
