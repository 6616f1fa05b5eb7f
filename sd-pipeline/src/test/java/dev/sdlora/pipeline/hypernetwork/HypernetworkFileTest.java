package dev.sdlora.pipeline.hypernetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of A1111's files, and of their effect, compared with a plain Java implementation. */
class HypernetworkFileTest {
  private static final int WIDTH = 8;
  private static final Path FILES = files();

  @TempDir private Path folder;

  private static Path files() {
    try {
      Path file =
          Path.of(
              Objects.requireNonNull(
                      HypernetworkFileTest.class.getResource(
                          "/dev/sdlora/pipeline/hypernetwork/new.pt"))
                  .toURI());
      return Objects.requireNonNull(file.getParent());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the program's result for 3 rows of values and two hypernetworks. */
  private static float[] changed(float[] x, String side, List<Hypernetwork> acting) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Map<String, NDArray> tensors = new LinkedHashMap<>();
      for (int i = 0; i < acting.size(); i++) {
        tensors.put(
            "hypernetworks." + i,
            Torch.floats(scope, new float[] {(float) acting.get(i).multiplier()}, 1));
        tensors.putAll(acting.get(i).file().tensors("hypernetworks." + i, Set.of(WIDTH), scope));
      }
      try (TensorDict dict = TensorDict.of(tensors)) {
        return program(torch)
            .call("change")
            .tensor(Torch.floats(scope, x, 1, x.length / WIDTH, WIDTH))
            .tensors(dict)
            .text(side)
            .run(scope)
            .toFloatArray();
      }
    }
  }

  private static Program program(Torch torch) {
    return Program.load(
        torch,
        List.of(
            new Program.Source(HypernetworkFileTest.class, "hypernetworks_test.torchscript.py")),
        UNet.FUNCTIONS);
  }

  private static float[] numbers() {
    float[] x = new float[3 * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.cos(i);
    }
    return x;
  }

  // The reference implementation, in double precision.

  private static double stored(int tensor, int i) {
    return (float) (Math.sin(0.37 * i + tensor) / 4);
  }

  private static double[] linear(double[] x, int to, int tensor) {
    double[] y = new double[to];
    for (int row = 0; row < to; row++) {
      y[row] = stored(tensor + 1, row);
      for (int i = 0; i < x.length; i++) {
        y[row] += stored(tensor, row * x.length + i) * x[i];
      }
    }
    return y;
  }

  private static double[] norm(double[] x, int tensor) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * stored(tensor, i) + stored(tensor + 1, i);
    }
    return y;
  }

  private static double[] twin(double[] x, String name, int side, double multiplier) {
    double[] y;
    if (name.equals("new")) {
      int first = 8 * side;
      double[] hidden = linear(x, 2 * WIDTH, first);
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] *= Math.min(6, Math.max(0, hidden[i] + 3)) / 6;
      }
      y = norm(linear(norm(hidden, first + 2), WIDTH, first + 4), first + 6);
    } else {
      y = linear(linear(x, 2 * WIDTH, 4 * side), WIDTH, 4 * side + 2);
    }
    double[] sum = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = x[i] + multiplier * y[i];
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0.5", "1, -0.7, 1", "1, 1, 0", "0, 0.3, 2"})
  void tensors_ofTwoFiles_actOneBehindTheOtherAsTheTwinSays(int side, double newer, double older) {
    HypernetworkFolders folders = HypernetworkFolders.open(List.of(FILES));
    float[] x = numbers();
    float[] actual =
        changed(
            x,
            Integer.toString(side),
            List.of(
                new Hypernetwork("new", folders.open("new"), newer),
                new Hypernetwork("old", folders.open("old"), older)));

    for (int row = 0; row < 3; row++) {
      double[] expected = new double[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        expected[i] = x[row * WIDTH + i];
      }
      expected = twin(twin(expected, "new", side, newer), "old", side, older);
      for (int i = 0; i < WIDTH; i++) {
        // Sums of a few dozen float32 products of values around 1.
        assertThat(actual[row * WIDTH + i]).isCloseTo((float) expected[i], within(2e-5f));
      }
    }
  }

  @Test
  void change_withoutHypernetworks_isNone() {
    assertThat(changed(numbers(), "0", List.of())).isEqualTo(numbers());
  }

  private static final Map<String, DoubleUnaryOperator> ACTIVATIONS =
      Map.ofEntries(
          Map.entry("relu", x -> Math.max(0, x)),
          Map.entry("leakyrelu", x -> x > 0 ? x : 0.01 * x),
          Map.entry("elu", x -> x > 0 ? x : Math.expm1(x)),
          Map.entry("hardswish", x -> x * Math.min(6, Math.max(0, x + 3)) / 6),
          Map.entry("tanh", Math::tanh),
          Map.entry("sigmoid", HypernetworkFileTest::sigmoid),
          Map.entry("gelu", x -> x * normal(x)),
          Map.entry("silu", x -> x * sigmoid(x)),
          Map.entry("mish", x -> x * Math.tanh(Math.log1p(Math.exp(x)))),
          Map.entry(
              "selu", x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))),
          Map.entry("celu", x -> x > 0 ? x : Math.expm1(x)),
          Map.entry("relu6", x -> Math.min(6, Math.max(0, x))),
          // During inference, the slope is the middle of its range.
          Map.entry("rrelu", x -> x > 0 ? x : x * (1 / 8.0 + 1 / 3.0) / 2),
          Map.entry("hardtanh", x -> Math.min(1, Math.max(-1, x))),
          Map.entry("hardsigmoid", x -> Math.min(6, Math.max(0, x + 3)) / 6),
          Map.entry("softplus", x -> Math.log1p(Math.exp(x))),
          Map.entry("softsign", x -> x / (1 + Math.abs(x))),
          Map.entry("tanhshrink", x -> x - Math.tanh(x)),
          Map.entry("softshrink", x -> Math.signum(x) * Math.max(0, Math.abs(x) - 0.5)),
          Map.entry("hardshrink", x -> Math.abs(x) > 0.5 ? x : 0),
          Map.entry("logsigmoid", x -> Math.log(sigmoid(x))));

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The normal distribution function, by Simpson's rule. */
  private static double normal(double x) {
    double sum = 0;
    int parts = 2000;
    for (int i = 0; i <= parts; i++) {
      double at = x * i / parts;
      int weight = i == 0 || i == parts ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-at * at / 2);
    }
    return 0.5 + sum * x / parts / 3 / Math.sqrt(2 * Math.PI);
  }

  @Test
  void activated_everyName_isPyTorchsFunction() {
    float[] x = new float[161];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 80) / 10f + 0.013f;
    }
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NDArray marker = Torch.floats(scope, new float[1], 1);
      ACTIVATIONS.forEach(
          (name, function) -> {
            try (TensorDict dict = TensorDict.of(Map.of("f." + name, marker))) {
              float[] y =
                  program(torch)
                      .call("activate")
                      .tensor(Torch.floats(scope, x, x.length))
                      .tensors(dict)
                      .run(scope)
                      .toFloatArray();
              for (int i = 0; i < x.length; i++) {
                assertThat(y[i])
                    .as("%s(%s)", name, x[i])
                    .isCloseTo((float) function.applyAsDouble(x[i]), within(3e-6f));
              }
            }
          });
    }
    assertThat(HypernetworkFile.ACTIVATIONS).isEqualTo(ACTIVATIONS.keySet());
  }

  private Path write(Map<String, List<Long>> shapes, Map<String, String> metadata, float value) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    shapes.forEach(
        (name, shape) -> {
          float[] values =
              new float[(int) shape.stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b)];
          Arrays.fill(values, value);
          writer.tensor(name, shape, values, DType.F32);
        });
    Path file = folder.resolve("h.safetensors");
    writer.write(file);
    return file;
  }

  private static Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (int side = 0; side < 2; side++) {
      shapes.put("8." + side + ".linear.0.weight", List.of(16L, 8L));
      shapes.put("8." + side + ".linear.0.bias", List.of(16L));
      shapes.put("8." + side + ".linear.2.weight", List.of(8L, 16L));
      shapes.put("8." + side + ".linear.2.bias", List.of(8L));
    }
    return shapes;
  }

  @Test
  void open_converted_takesSettingsFromTheHeader() {
    Path file = write(shapes(), Map.of("activation_func", "ReLU", "activate_output", "True"), 0.5f);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      assertThat(HypernetworkFile.open(file).tensors("h", Set.of(8), scope))
          .containsKeys("h.8.0.0.relu", "h.8.1.1.relu", "h.8.1.1.weight")
          .doesNotContainKey("h.8.0.2.weight");
      assertThat(HypernetworkFile.open(file).tensors("h", Set.of(16), scope)).isEmpty();
    }
  }

  @Test
  void open_whatIsNoHypernetwork_saysWhy() throws IOException {
    Map<String, List<Long>> shapes = shapes();
    shapes.put("8.0.linear.0.weight", List.of(16L, 9L));
    refuses(shapes, "has a tensor '8.0.linear.0.weight' of shape [16, 9], expected [16, 8]");
    shapes = shapes();
    shapes.put("8.1.linear.2.weight", List.of(9L, 16L));
    refuses(shapes, "has a tensor '8.1.linear.2.weight' of shape [9, 16], expected [8, 16]");
    shapes = shapes();
    shapes.remove("8.1.linear.2.bias");
    refuses(
        shapes,
        "has an incomplete layer for width 8: [8.1.linear.2.weight]; expected weight and bias");
    shapes = shapes();
    shapes.keySet().removeIf(name -> name.startsWith("8.1"));
    refuses(shapes, "has layers of width 8 for only one of keys and values");
    shapes = shapes();
    shapes.put("8.0.upsample.weight", List.of(8L));
    refuses(shapes, "has a tensor '8.0.upsample.weight', which A1111's hypernetworks do not have");
    refuses(
        Map.of("lora_unet_x.alpha", List.of(1L)),
        "is not a hypernetwork; expected tensors such as 768.0.linear.0.weight");
    assertThatThrownBy(
            () ->
                HypernetworkFile.open(write(shapes(), Map.of("activation_func", "softmax"), 0.5f)))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("has the unknown activation 'softmax'; expected linear or one of ");
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      HypernetworkFile nan = HypernetworkFile.open(write(shapes(), Map.of(), Float.NaN));
      assertThatThrownBy(() -> nan.tensors("h", Set.of(8), scope))
          .isInstanceOf(StableDiffusionException.class)
          .hasMessageContaining("has a tensor '8.0.linear.0.weight' that contains NaN");
    }
    byte[] bytes = Files.readAllBytes(FILES.resolve("new.pt"));
    Path cut = folder.resolve("cut.pt");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> HypernetworkFile.open(cut)).isInstanceOf(TensorFileException.class);
  }

  private void refuses(Map<String, List<Long>> shapes, String predicate) {
    Path file = write(shapes, Map.of(), 0.5f);
    assertThatThrownBy(() -> HypernetworkFile.open(file))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage("hypernetwork '" + file + "' " + predicate);
  }
}
