package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.conditioning.Conditioner;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.adapter.LoraWriter;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.option.TrainedModules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares gradients and losses of SDXL's two text encoders together with its U-Net with finite
 * differences and patched weights.
 */
@Timeout(600)
@Tag("slow")
class TwoTextEncodersGradientTest {
  /** More than 75 tokens: with two chunks, the first one gives the pooled text. */
  private static final String LONG = "a red disc " + "on a wide grey ground ".repeat(16);

  @TempDir private static Path models;
  @TempDir private Path folder;

  private static UNetFiles narrow = Bench.MODEL;
  private static UNetFiles model = Bench.MODEL;

  @BeforeAll
  static void write() {
    narrow =
        CheckpointReader.read(
            Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), models.resolve("sdxl.safetensors")));
    model = wide(models.resolve("wide.safetensors"));
  }

  /**
   * The same model with a random U-Net twice as wide. In the narrow one, each group of a group norm
   * is one channel, so it removes the contributions of time, pooled text and sizes.
   */
  private static UNetFiles wide(Path path) {
    UNetConfig own = narrow.unet().config();
    UNetConfig config =
        new UNetConfig(
            own.inChannels(),
            own.outChannels(),
            own.channels().stream().map(channels -> 2 * channels).toList(),
            own.layers(),
            own.transformers(),
            own.heads(),
            own.contextWidth(),
            own.linearProjection(),
            own.vectorWidth(),
            own.guidanceWidth());
    SafetensorsWriter writer = new SafetensorsWriter();
    Random random = new Random(5);
    config
        .weights()
        .forEach(
            (name, shape) -> writer.tensor(name, shape, values(name, shape, random), DType.F32));
    writer.write(path);
    TensorFile file = TensorFile.open(path);
    Map<String, Origin> origins = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) ->
                origins.put(name, new Origin(file, file.find(name).orElseThrow(), shape)));
    return new UNetFiles(
        narrow.checkpoint(),
        narrow.textEncoders(),
        new ModelFiles.Part<>(config, origins),
        narrow.vae(),
        narrow.prediction(),
        narrow.levels());
  }

  /**
   * Numbers that keep the magnitude of activations: small ones, and near 1 for the factors of
   * norms.
   */
  private static float[] values(String name, List<Long> shape, Random random) {
    long fanIn = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    boolean factor = shape.size() == 1 && name.endsWith(".weight");
    double deviation = shape.size() == 1 ? 0.1 : 1 / Math.sqrt((double) fanIn);
    float[] values = new float[Math.toIntExact(shape.get(0) * fanIn)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((factor ? 1 : 0) + random.nextGaussian() * deviation);
    }
    return values;
  }

  /** Two members, one with two chunks and the other with a negative strength. */
  private static TrainingSet ofDifferentLengths() {
    List<TrainingExample> discs = Fixtures.discs().examples();
    return TrainingSet.of(
        List.of(
            discs.get(0).withStrength(-0.5),
            new TrainingExample("long", discs.get(1).image(), LONG, 1)));
  }

  /**
   * The last layer of the second encoder affects only the pooled text, other layers also the
   * states.
   */
  @Test
  void gradients_ofBothEncoders_equalDifferencesOfTheLoss() {
    try (Bench bench =
        new Bench(model, ofDifferentLengths(), Fixtures.SIZE, TrainedModules.LINEAR, true, 2)) {
      bench.randomise(0.05);

      bench.assertGradients(
          List.of(
              "text_encoders.0.text_model.encoder.layers.0.self_attn.v_proj",
              "text_encoders.0.text_model.encoder.layers.3.mlp.fc1",
              "text_encoders.1.text_model.encoder.layers.0.self_attn.q_proj",
              "text_encoders.1.text_model.encoder.layers.3.self_attn.out_proj"));
    }
  }

  /**
   * The LoRA is next to the weights in training and in them in a pipeline; text and sizes are the
   * same.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void loss_ofSdxl_isThatOfPatchedWeights(boolean textEncoders) {
    TrainingSet set = TrainingSet.of(List.of(ofDifferentLengths().examples().get(1)));
    try (Bench bench =
        new Bench(model, set, Fixtures.SIZE, TrainedModules.LINEAR, textEncoders, 1)) {
      bench.randomise(0.05);
      Path file = folder.resolve("lora.safetensors");
      LoraWriter.write(
          file,
          bench.parameters,
          KeyNaming.KOHYA.names(ModelFamily.SDXL),
          KeyNaming.KOHYA,
          DType.F32,
          Map.of());

      double expected = patchedLoss(LoraFile.open(file), bench.batches.at(0));

      // Sums in another order: float32 through a few hundred layers.
      assertThat(bench.loss(bench.batches.at(0))).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  private static double patchedLoss(LoraFile file, Batch batch) {
    Map<Network, LiveWeights> weights = new EnumMap<>(Network.class);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      TensorLoader loader = new TensorLoader(torch);
      Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
      model
          .patchable()
          .forEach(
              (network, origins) -> {
                LiveWeights live = LiveWeights.load(torch, loader, origins, ScalarType.FLOAT32);
                weights.put(network, live);
                shapes.put(network, live.shapes());
              });
      PatchPlan plan =
          PatchPlan.of(
              new ModuleIndex(shapes),
              "tiny",
              ModelFamily.SDXL,
              List.of(new LoraUse("lora", file, 1, 1)));
      assertThat(plan.changes().values().stream().mapToInt(Map::size).sum())
          .isEqualTo(file.modules().size());
      new Patcher(torch, loader, weights).apply(plan);
      double[] sizes = {64, 64, 0, 0, 64, 64};
      Text text = Text.of(torch, weights, batch.captions().get(0), scope);
      int width = model.unet().config().vectorWidth();
      float[] predicted =
          new UNet(torch, model.unet().config(), get(weights, Network.UNET))
              .predict(
                  new UNet.Input(
                      Torch.floats(scope, batch.noisy(), 1, 4, 8, 8),
                      Torch.floats(scope, batch.times(), 1),
                      text.states(),
                      new AddedConditions(
                          Torch.floats(
                              scope,
                              SizeConditions.vector(text.pooled().toFloatArray(), sizes, width),
                              1,
                              width),
                          Torch.floats(scope, new float[0], 1, 0)),
                      Residuals.NONE),
                  scope)
              .toFloatArray();
      double sum = 0;
      for (int i = 0; i < predicted.length; i++) {
        sum += Math.pow(predicted[i] - batch.target()[i], 2);
      }
      return sum / predicted.length;
    } finally {
      weights.values().forEach(LiveWeights::close);
    }
  }

  private static <T> T get(Map<Network, T> map, Network network) {
    return Objects.requireNonNull(map.get(network), network.name());
  }

  /**
   * The output of both encoders for a caption: states [1, tokens, width], and the pooled first
   * chunk.
   */
  private record Text(NDArray states, NDArray pooled) {
    static Text of(
        Torch torch, Map<Network, LiveWeights> weights, String caption, NDManager scope) {
      List<NDArray> states = new ArrayList<>();
      NDArray pooled = scope.create(0f);
      for (int i = 0; i < 2; i++) {
        ClipConfig config = model.textEncoders().get(i).config();
        TextEncoder encoder = new TextEncoder(torch, config, get(weights, Network.textEncoder(i)));
        int[][] chunks = Conditioner.plainTokens(caption, config);
        TextEncoder.Encoded encoded = encoder.encode(chunks, 2, scope);
        states.add(encoded.states().reshape(1, chunks.length * 77L, config.width()));
        if (encoded.pooled().isPresent()) {
          pooled = encoded.pooled().get().get(0);
        }
      }
      return new Text(states.get(0).concat(states.get(1), 2), pooled);
    }
  }

  /** With a fixed U-Net, only the text can reduce the loss. */
  @Test
  void loss_ofTheTextEncodersAlone_fallsWhenTheyAreTrained() {
    try (Bench own =
        new Bench(narrow, Fixtures.discs(), Fixtures.SIZE, TrainedModules.LINEAR, true, 1)) {
      Batch batch = own.batches.at(0);
      double before = own.loss(batch);
      Map<String, NDArray> both = new LinkedHashMap<>(own.parameters.weights(Network.TEXT_ENCODER));
      both.putAll(own.parameters.weights(Network.TEXT_ENCODER_2));
      AdamW optimiser = new AdamW(own.torch, both, new AdamW.Settings(0.999, 0, 1));
      for (int i = 0; i < 10; i++) {
        try (NDManager scope = own.torch.scope()) {
          optimiser.step(own.gradients(batch, scope), 1e-2);
        }
      }

      assertThat(own.loss(batch)).isLessThan(0.98 * before);
    }
  }
}
