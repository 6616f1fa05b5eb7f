package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Compares random sequences of LoRA sets, including failures, with plain arithmetic in double. */
class PatcherTest {
  private static final int LORAS = 3;

  /** The index of the LoRA that contains a NaN. */
  private static final int DAMAGED = LORAS;

  private static Path folder;
  private static TinyModel float32;
  private static TinyModel bfloat16;
  private static List<LoraFile> files;

  /** The index of a LoRA with its strengths. */
  record Strengths(int lora, double text, double unet) {}

  @BeforeContainer
  static void load() throws IOException {
    folder = Files.createTempDirectory("patcher");
    float32 = new TinyModel(folder, ScalarType.FLOAT32);
    Path other = Files.createDirectory(folder.resolve("bf16"));
    bfloat16 = new TinyModel(other, ScalarType.BFLOAT16);
    files =
        List.of(
            TinyModel.lora(folder, 1, false),
            TinyModel.lora(folder, 2, false),
            TinyModel.lora(folder, 3, false),
            TinyModel.lora(folder, 4, true));
  }

  @AfterContainer
  static void close() throws IOException {
    float32.close();
    bfloat16.close();
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Provide
  Arbitrary<List<List<Strengths>>> sequences() {
    Arbitrary<Double> strength = Arbitraries.of(-1.0, 0.0, 0.3, 0.8, 1.0, 7.5);
    Arbitrary<Strengths> strengths =
        Combinators.combine(Arbitraries.integers().between(0, DAMAGED), strength, strength)
            .as(Strengths::new);
    return strengths.list().ofMaxSize(3).list().ofMinSize(1).ofMaxSize(6);
  }

  @Property(tries = 60)
  void apply_anySequenceInFloat32_isTheSumAndComesOffWithoutTrace(
      @ForAll("sequences") List<List<Strengths>> sequence) {
    // A float32 sum in another order differs by a few units in the last place.
    check(float32, sequence, 1e-6);
  }

  @Property(tries = 30)
  void apply_anySequenceInBfloat16_isTheSumRoundedOnceAndComesOffWithoutTrace(
      @ForAll("sequences") List<List<Strengths>> sequence) {
    // Half a unit in the last of 8 bits, and the float32 error that may break a tie.
    check(bfloat16, sequence, 1.0 / 256 + 1e-6);
  }

  private static void check(TinyModel model, List<List<Strengths>> sequence, double tolerance) {
    Map<String, float[]> before = model.values();
    int arrays = model.torch.liveArrays();
    try {
      run(model, sequence, tolerance, before);
    } finally {
      model.patcher.restore();
    }
    assertSame(model.values(), before);
    assertThat(model.torch.liveArrays()).isEqualTo(arrays);
    model.weights.values().forEach(live -> assertThat(live.patched()).isEmpty());
  }

  private static void run(
      TinyModel model,
      List<List<Strengths>> sequence,
      double tolerance,
      Map<String, float[]> before) {
    for (List<Strengths> set : sequence) {
      List<LoraUse> uses =
          set.stream().map(w -> new LoraUse("lora", files.get(w.lora), w.text, w.unet)).toList();
      boolean fails = set.stream().anyMatch(w -> w.lora == DAMAGED && w.unet != 0);
      if (fails) {
        assertThatThrownBy(() -> model.patcher.apply(model.plan(uses)))
            .isInstanceOf(LoraException.class)
            .hasMessageContaining("NaN")
            .hasMessageContaining("lora_unet_to_out_0.lora_up.weight");
        assertSame(model.values(), before);
      } else {
        model.patcher.apply(model.plan(uses));
        assertSum(model, before, uses, tolerance);
      }
    }
  }

  private static void assertSum(
      TinyModel model, Map<String, float[]> before, List<LoraUse> uses, double tolerance) {
    Map<String, float[]> now = model.values();
    model.weights.forEach(
        (network, live) ->
            live.shapes()
                .forEach(
                    (name, shape) -> {
                      String key =
                          (network == Network.UNET ? "lora_unet_" : "lora_te_")
                              + name.replace(".weight", "").replace('.', '_');
                      double[] expected =
                          TinyModel.expected(
                              originals(model, network, name), key, uses, network, shape);
                      float[] actual = Objects.requireNonNull(now.get(network + name));
                      boolean untouched = Arrays.equals(actual, before.get(network + name));
                      boolean wanted =
                          uses.stream()
                              .anyMatch(
                                  use ->
                                      network == Network.UNET
                                          ? use.unetStrength() != 0
                                          : use.textEncoderStrength() != 0);
                      assertThat(untouched || wanted).as(name).isTrue();
                      for (int i = 0; wanted && i < actual.length; i++) {
                        assertThat((double) actual[i])
                            .as("%s[%d]", name, i)
                            .isCloseTo(
                                expected[i], offset(tolerance * (1 + Math.abs(expected[i]))));
                      }
                    }));
  }

  /** The numbers in the file, not rounded to the network's dtype. */
  private static float[] originals(TinyModel model, Network network, String name) {
    TensorFile file = TensorFile.open(model.checkpoint);
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(file.find(network + name).orElseThrow());
    }
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }
}
