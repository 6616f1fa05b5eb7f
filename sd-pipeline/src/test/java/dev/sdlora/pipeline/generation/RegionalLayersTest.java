package dev.sdlora.pipeline.generation;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.network.UNet;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.RegionTensors;
import dev.sdlora.pipeline.generation.RegionalTwin.Lora;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares each kind of layer with three LoRAs, one of them everywhere and two in overlapping
 * masks, to {@link RegionalTwin} in double precision.
 */
class RegionalLayersTest {
  private static final String BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0.";
  private static final String QUERY = BLOCK + "attn1.to_q";
  private static final String RESNET = "down_blocks.0.resnets.0.";
  private static final int HEIGHT = 6;
  private static final int WIDTH = 5;
  private static final int WIDE = 8;
  private static final int TEXT = 6;
  private static final int TOKENS = 4;
  private static final int HEADS = 2;
  private static final double[] STRENGTHS = {0.7, -0.6, 0.9};
  private static final int[] REGIONS = {1, 2, 0};

  // Sums of several dozen products in float32.
  private static final double TOLERANCE = 2e-6;

  @TempDir private Path folder;

  private final Random random = new Random(7);
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  private final Map<String, double[][]> weights = new LinkedHashMap<>();
  private final Map<String, List<Lora>> loras = new LinkedHashMap<>();
  private final Torch torch = Torch.open("cpu");
  private final NDManager scope = torch.scope();
  private final List<double[][]> pixels = new ArrayList<>();
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private Program program;
  private Overlay overlay;

  @BeforeEach
  void open() {
    layer(QUERY, WIDE, WIDE);
    for (String attention : List.of("attn1", "attn2")) {
      int in = attention.equals("attn1") ? WIDE : TEXT;
      if (!shapes.containsKey(BLOCK + attention + ".to_q.weight")) {
        layer(BLOCK + attention + ".to_q", WIDE, WIDE);
      }
      layer(BLOCK + attention + ".to_k", WIDE, in);
      layer(BLOCK + attention + ".to_v", WIDE, in);
      layer(BLOCK + attention + ".to_out.0", WIDE, WIDE);
    }
    layer(RESNET + "time_emb_proj", WIDE, 12);
    layer("time_embedding.linear_1", 12, 12);
    layer(RESNET + "conv1", WIDE, WIDE, 3, 3);
    layer("down_blocks.0.downsamplers.0.conv", WIDE, WIDE, 3, 3);
    List<PatchPlan> plans = IntStream.range(0, STRENGTHS.length).mapToObj(this::lora).toList();
    List<Integer> regions = Arrays.stream(REGIONS).boxed().toList();
    overlay =
        new Overlays(torch).open(plans, regions, Map.of(Network.UNET, shapes), ScalarType.FLOAT32);
    tensors.putAll(overlay.tensors(Network.UNET));
    RegionFrame frame = RegionFrame.whole(new ImageSize(8 * WIDTH, 8 * HEIGHT));
    tensors.putAll(RegionTensors.of(List.of(mask(), mask()), frame, 2, scope));
    program =
        Program.load(
            torch,
            List.of(
                new Program.Source(
                    RegionalLayersTest.class, "regional_layers_test.torchscript.py")),
            UNet.FUNCTIONS);
  }

  @AfterEach
  void close() {
    overlay.close();
    scope.close();
    torch.close();
  }

  private void layer(String name, long... shape) {
    shapes.put(name + ".weight", Arrays.stream(shape).boxed().toList());
    int in = (int) (shape.length == 2 ? shape[1] : 9 * shape[1]);
    double[][] weight = numbers((int) shape[0], in, 1 / Math.sqrt(in));
    weights.put(name, weight);
    tensors.put(name + ".weight", tensor(weight, shape));
    tensors.put(name + ".bias", tensor(new double[1][(int) shape[0]], shape[0]));
    loras.put(name, new ArrayList<>());
  }

  /** Writes a file with a module for each layer. */
  private PatchPlan lora(int number) {
    SafetensorsWriter writer = new SafetensorsWriter();
    int rank = 2 + number;
    shapes.forEach(
        (weight, shape) -> {
          String name = weight.substring(0, weight.length() - ".weight".length());
          double[][] plain = plain(name);
          double[][] down = numbers(rank, plain[0].length, 1 / Math.sqrt(plain[0].length));
          double[][] up = numbers(plain.length, rank, 1);
          all(name).add(new Lora(down, up, STRENGTHS[number], new double[0], REGIONS[number]));
          List<Long> downShape = new ArrayList<>(shape);
          downShape.set(0, (long) rank);
          List<Long> upShape = new ArrayList<>(List.of(shape.get(0), (long) rank));
          for (int i = 2; i < shape.size(); i++) {
            upShape.add(1L);
          }
          String key = "lora_unet_" + name.replace('.', '_');
          writer
              .tensor(key + ".lora_down.weight", downShape, flat(down), DType.F32)
              .tensor(key + ".lora_up.weight", upShape, flat(up), DType.F32);
        });
    Path file = folder.resolve(number + ".safetensors");
    writer.write(file);
    LoraUse use = new LoraUse("x", LoraFile.open(file), STRENGTHS[number], STRENGTHS[number]);
    return PatchPlan.of(
        new ModuleIndex(Map.of(Network.UNET, shapes)), "tiny", ModelFamily.SD1, List.of(use));
  }

  /** Returns a mask with arbitrary grey levels for each pixel and hard edges. */
  private RegionMask mask() {
    double[][] mask = new double[8 * HEIGHT][8 * WIDTH];
    byte[] rgb = new byte[3 * 64 * HEIGHT * WIDTH];
    for (int i = 0; i < rgb.length / 3; i++) {
      int level = random.nextInt(256);
      mask[i / (8 * WIDTH)][i % (8 * WIDTH)] = level / 255.0;
      Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) level);
    }
    pixels.add(mask);
    return RegionMask.of(Image.of(8 * WIDTH, 8 * HEIGHT, rgb)).withBlur(0);
  }

  /** Returns the mean of a mask over each position of a level, in sixths of a pixel. */
  private double[] inside(int region, int height, int width) {
    double[] inside = new double[height * width];
    int cells = 6;
    for (int position = 0; position < inside.length; position++) {
      int rows = 8 * HEIGHT * cells / height;
      int columns = 8 * WIDTH * cells / width;
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          int pixelY = (position / width * rows + y) / cells;
          int pixelX = (position % width * columns + x) / cells;
          inside[position] += pixels.get(region - 1)[pixelY][pixelX] / rows / columns;
        }
      }
    }
    return inside;
  }

  private double[][] plain(String layer) {
    return Objects.requireNonNull(weights.get(layer));
  }

  private List<Lora> all(String layer) {
    return Objects.requireNonNull(loras.get(layer));
  }

  private List<Lora> loras(String layer, int height, int width) {
    return all(layer).stream()
        .map(
            lora ->
                lora.region() == 0
                    ? lora
                    : lora.on(lora.down(), lora.up(), inside(lora.region(), height, width)))
        .toList();
  }

  private double[][] numbers(int rows, int columns, double spread) {
    double[][] numbers = new double[rows][columns];
    for (double[] row : numbers) {
      for (int i = 0; i < row.length; i++) {
        // Rounded to float32.
        row[i] = (float) (spread * random.nextGaussian());
      }
    }
    return numbers;
  }

  private static float[] flat(double[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return flat;
  }

  private static double[] doubles(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[][] transposed(double[][] rows) {
    double[][] columns = new double[rows[0].length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        columns[j][i] = rows[i][j];
      }
    }
    return columns;
  }

  private NDArray tensor(double[][] rows, long... shape) {
    return Torch.floats(scope, flat(rows), shape);
  }

  @FunctionalInterface
  private interface Work {
    NDArray run(TensorDict dict);
  }

  private float[] call(Work work) {
    try (TensorDict dict = TensorDict.of(tensors)) {
      return work.run(dict).toFloatArray();
    }
  }

  @Test
  void linear_regions_strengthByPosition() {
    int n = HEIGHT * WIDTH;
    double[][] x = numbers(n, WIDE, 1);
    float[] actual =
        call(
            dict ->
                program
                    .call("linear")
                    .tensor(tensor(x, 1, n, WIDE))
                    .tensors(dict)
                    .text(QUERY)
                    .run(scope));
    double[][] expected = RegionalTwin.linear(plain(QUERY), loras(QUERY, HEIGHT, WIDTH), x);
    assertCloseToScale(actual, doubles(expected), TOLERANCE);
  }

  @Test
  void conv_regions_strengthByPositionOfTheResult() {
    String layer = RESNET + "conv1";
    assertConv(layer, 1, HEIGHT, WIDTH);
    // The next level rounds the odd number of columns up.
    assertConv("down_blocks.0.downsamplers.0.conv", 2, (HEIGHT + 1) / 2, (WIDTH + 1) / 2);
  }

  private void assertConv(String layer, int stride, int height, int width) {
    double[][] planes = numbers(WIDE, HEIGHT * WIDTH, 1);
    float[] actual =
        call(
            dict ->
                program
                    .call("conv")
                    .tensor(tensor(planes, 1, WIDE, HEIGHT, WIDTH))
                    .tensors(dict)
                    .text(layer)
                    .integer(stride)
                    .run(scope));
    double[][] seen = RegionalTwin.seen(planes, HEIGHT, WIDTH, stride);
    double[][] expected = RegionalTwin.linear(plain(layer), loras(layer, height, width), seen);
    assertCloseToScale(actual, doubles(transposed(expected)), TOLERANCE);
  }

  @Test
  void timeProjection_regions_strengthByPositionItIsAddedTo() {
    String layer = RESNET + "time_emb_proj";
    double[][] planes = numbers(WIDE, HEIGHT * WIDTH, 1);
    double[][] time = numbers(1, 12, 1);
    float[] actual =
        call(
            dict ->
                program
                    .call("time")
                    .tensor(tensor(planes, 1, WIDE, HEIGHT, WIDTH))
                    .tensor(tensor(time, 1, 12))
                    .tensors(dict)
                    .text(layer)
                    .run(scope));
    double[][] everywhere = new double[HEIGHT * WIDTH][];
    Arrays.fill(everywhere, time[0]);
    double[][] expected =
        transposed(RegionalTwin.linear(plain(layer), loras(layer, HEIGHT, WIDTH), everywhere));
    for (int c = 0; c < WIDE; c++) {
      for (int i = 0; i < expected[c].length; i++) {
        expected[c][i] += planes[c][i];
      }
    }
    assertCloseToScale(actual, doubles(expected), TOLERANCE);
  }

  @Test
  void textAttention_regions_queriesReadTheTextsOfTheirPlaces() {
    double[][][] texts = {
      numbers(TOKENS, TEXT, 1), numbers(TOKENS, TEXT, 1), numbers(TOKENS, TEXT, 1)
    };
    double[][] x = numbers(HEIGHT * WIDTH, WIDE, 1);
    double[][] all = Arrays.stream(texts).flatMap(Arrays::stream).toArray(double[][]::new);
    float[] actual =
        call(
            dict ->
                program
                    .call("read")
                    .tensor(tensor(x, 1, x.length, WIDE))
                    .tensor(tensor(all, 1, 3L * TOKENS, TEXT))
                    .tensors(dict)
                    .text(BLOCK + "attn2")
                    .integer(HEADS)
                    .run(scope));
    assertCloseToScale(actual, attention("attn2", x, texts), TOLERANCE);
  }

  @Test
  void selfAttention_regions_queriesSeeKeysAsTheirPlacesHaveThem() {
    double[][] x = numbers(HEIGHT * WIDTH, WIDE, 1);
    float[] actual =
        call(
            dict ->
                program
                    .call("look")
                    .tensor(tensor(x, 1, x.length, WIDE))
                    .tensors(dict)
                    .text(BLOCK + "attn1")
                    .integer(HEADS)
                    .run(scope));
    assertCloseToScale(actual, attention("attn1", x, new double[][][] {x, x, x}), TOLERANCE);
  }

  private double[] attention(String attention, double[][] x, double[][][] texts) {
    String p = BLOCK + attention;
    double[][] queries =
        RegionalTwin.linear(plain(p + ".to_q"), loras(p + ".to_q", HEIGHT, WIDTH), x);
    double[] first = inside(1, HEIGHT, WIDTH);
    double[] second = inside(2, HEIGHT, WIDTH);
    double[][] answers = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      answers[i] =
          RegionalTwin.answer(
              queries[i],
              texts,
              new double[] {1, first[i], second[i]},
              plain(p + ".to_k"),
              all(p + ".to_k"),
              plain(p + ".to_v"),
              all(p + ".to_v"),
              HEADS);
    }
    String out = p + ".to_out.0";
    return doubles(RegionalTwin.linear(plain(out), loras(out, HEIGHT, WIDTH), answers));
  }

  @Test
  void open_regions_leavesOutWhatHasNoPositions() {
    String layer = "time_embedding.linear_1";
    // The LoRA without a mask stays, with its own rank.
    NDArray down = Objects.requireNonNull(tensors.get(layer + ".lora_down.weight"));
    assertThat(down.getShape().get(0)).isEqualTo(all(layer).get(2).down().length);
    assertThat(tensors).doesNotContainKey(layer + ".lora_regions");
  }
}
