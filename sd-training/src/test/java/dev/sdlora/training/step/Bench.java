package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.EncodedCaptions;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.data.ImageInput;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.family.UNetTraining;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.recipe.AdapterSettings;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** The parts of a training run, for tests that run them individually. */
public final class Bench implements AutoCloseable {
  public static final UNetFiles MODEL = CheckpointReader.read(Fixtures.CHECKPOINT);

  /** Float32, with inner values kept. */
  static final DenoisingProgram.Computation PLAIN =
      new DenoisingProgram.Computation(ScalarType.FLOAT32, false);

  /** The distance of finite differences to either side, as a share of a factor's own norm. */
  private static final double REACH = 0.1;

  final UNetFiles model;
  public final Torch torch = Torch.open("cpu");
  final ImageSize size;
  final AdapterSettings adapter;
  public final EncodedCaptions captions;
  public final DenoisingNetworks networks;
  public final AdapterParameters parameters;
  public final Batches batches;

  public Bench(
      TrainingSet set, ImageSize size, TrainedModules modules, boolean textEncoder, int batchSize) {
    this(MODEL, set, size, modules, textEncoder, batchSize);
  }

  public Bench(
      UNetFiles model,
      TrainingSet set,
      ImageSize size,
      TrainedModules modules,
      boolean textEncoder,
      int batchSize) {
    this(model, set, size, modules, textEncoder, batchSize, PLAIN);
  }

  Bench(
      UNetFiles model,
      TrainingSet set,
      ImageSize size,
      TrainedModules modules,
      boolean textEncoder,
      int batchSize,
      DenoisingProgram.Computation computation) {
    this(
        model,
        set,
        size,
        new AdapterSettings(4, 4, modules, textEncoder, AdapterOptions.DEFAULTS),
        batchSize,
        computation);
  }

  public Bench(
      UNetFiles model, TrainingSet set, ImageSize size, AdapterSettings adapter, int batchSize) {
    this(model, set, size, adapter, batchSize, PLAIN);
  }

  Bench(
      UNetFiles model,
      TrainingSet set,
      ImageSize size,
      AdapterSettings adapter,
      int batchSize,
      DenoisingProgram.Computation computation) {
    this.model = model;
    this.size = size;
    this.adapter = adapter;
    List<String> texts = set.examples().stream().map(TrainingExample::caption).toList();
    EncodedCaptions tokens =
        EncodedCaptions.tokens(
            texts, model.textEncoders().stream().map(ModelFiles.Part::config).toList());
    this.captions =
        adapter.textEncoder() ? tokens : tokens.encoded("cpu", model, 1, DataCache.NONE);
    UNetTraining family = new UNetTraining(model, "cpu");
    this.networks = new DenoisingNetworks(torch, model, captions, 1, computation);
    this.parameters =
        new AdapterParameters(
            torch, family.modules(adapter, 1), adapter.options(), networks.weights(), 3);
    this.batches = new Batches(examples(model, set, size), settings(batchSize, family));
  }

  private static Batches.Settings settings(int batchSize, TrainedFamily family) {
    return new Batches.Settings(
        7,
        batchSize,
        family.channels(),
        0,
        LossWeighting.NONE,
        CaptionOptions.DEFAULTS,
        TimestepSampling.UNIFORM,
        family.noise());
  }

  private static List<Example> examples(UNetFiles model, TrainingSet set, ImageSize size) {
    List<Example> examples = new ArrayList<>();
    try (ImageEncoder encoder = ImageEncoder.load("cpu", model, true)) {
      for (TrainingExample example : set.examples()) {
        ImageInput.Fitted fitted = ImageInput.fit(example.image().get(), size);
        float[] latent = encoder.encode(fitted.values(), size).sample(examples.size());
        examples.add(
            new Example(
                latent,
                size.height() / model.vae().config().factor(),
                example.caption(),
                example.strength(),
                fitted.sizes()));
      }
    }
    return examples;
  }

  /**
   * Fills all factors with random numbers, so that all of them have a gradient; DoRA's magnitudes
   * stay near the norms of the weights.
   */
  public void randomise(double deviation) {
    SplittableRandom random = new SplittableRandom(11);
    parameters
        .weights()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.toFloatArray();
              for (int i = 0; i < values.length; i++) {
                double step = random.nextGaussian() * deviation;
                values[i] = (float) (name.endsWith(".dora_scale") ? values[i] * (1 + step) : step);
              }
              set(tensor, values);
            });
  }

  public static void set(NDArray tensor, float[] values) {
    tensor.set(FloatBuffer.wrap(values));
  }

  /** The gradients of a batch, with its loss under the name {@code loss}. */
  Map<String, float[]> gradients(Batch batch) {
    try (NDManager scope = torch.scope()) {
      Map<String, float[]> values = new LinkedHashMap<>();
      gradients(batch, scope).forEach((name, tensor) -> values.put(name, tensor.toFloatArray()));
      return values;
    }
  }

  public Map<String, NDArray> gradients(Batch batch, NDManager scope) {
    int chunks = captions.chunks(batch.captions());
    return networks.gradients(batch, parameters.tensors(batch.strengths(), chunks, scope), scope);
  }

  public double loss(Batch batch) {
    try (NDManager scope = torch.scope()) {
      return Objects.requireNonNull(gradients(batch, scope).get("loss")).getFloat();
    }
  }

  /**
   * Checks that the loss changes along each gradient by the gradient's norm. The loss is a float32
   * near 1, accurate to 1e-7; the smallest gradient of the tests, 1e-4, changes it by 2e-5 and, at
   * half the distance, by 1e-5, so the error is about 2 percent.
   */
  public void assertGradients(List<String> modules) {
    assertGradients(modules, List.of("lora_down.weight", "lora_up.weight"));
  }

  /** The same for tensors with other names. */
  public void assertGradients(List<String> modules, List<String> factors) {
    Batch batch = batches.at(0);
    Map<String, float[]> gradients = gradients(batch);
    for (String module : modules) {
      for (String suffix : factors) {
        String factor = "." + suffix;
        NDArray tensor = Objects.requireNonNull(parameters.weights().get(module + factor));
        float[] gradient = Objects.requireNonNull(gradients.get(module + factor));
        float[] start = tensor.toFloatArray();
        double length = length(gradient);
        assertThat(length).as(module + factor).isPositive();
        double reach = REACH * length(start);

        double whole = slope(tensor, start, gradient, reach / length, batch) / length;
        double half = slope(tensor, start, gradient, reach / length / 2, batch) / length;
        set(tensor, start);

        // Richardson's extrapolation: curvature adds four times as much at twice the distance.
        assertThat((4 * half - whole) / 3)
            .as(module + factor)
            .isCloseTo(length, within(0.03 * length));
      }
    }
  }

  /** The difference of the loss along a direction, for a step of this size to either side. */
  private double slope(NDArray tensor, float[] start, float[] direction, double step, Batch batch) {
    double ahead = lossAt(tensor, start, direction, step, batch);
    double behind = lossAt(tensor, start, direction, -step, batch);
    return (ahead - behind) / (2 * step);
  }

  private double lossAt(
      NDArray tensor, float[] start, float[] direction, double distance, Batch batch) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (distance * direction[i]);
    }
    set(tensor, moved);
    return loss(batch);
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  @Override
  public void close() {
    torch.close();
  }
}
