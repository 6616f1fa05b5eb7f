package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.LoraParameters;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.EncodedCaptions;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.data.ImageInput;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.step.DenoisingNetworks;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/** The parts of a training run, for tests that run them individually. */
final class Bench implements AutoCloseable {
  static final UNetFiles MODEL = CheckpointReader.read(Fixtures.CHECKPOINT);

  /** The distance of finite differences to either side, as a share of a factor's own norm. */
  private static final double REACH = 0.1;

  final UNetFiles model;
  final Torch torch = Torch.open("cpu");
  final ImageSize size;
  final AdapterSettings adapter;
  final EncodedCaptions captions;
  final DenoisingNetworks networks;
  final LoraParameters parameters;
  final Batches batches;

  Bench(
      TrainingSet set, ImageSize size, TrainedModules modules, boolean textEncoder, int batchSize) {
    this(MODEL, set, size, modules, textEncoder, batchSize);
  }

  Bench(
      UNetFiles model,
      TrainingSet set,
      ImageSize size,
      TrainedModules modules,
      boolean textEncoder,
      int batchSize) {
    this.model = model;
    this.size = size;
    this.adapter = new AdapterSettings(4, 4, modules, textEncoder, AdapterOptions.DEFAULTS);
    List<String> texts = set.examples().stream().map(TrainingExample::caption).toList();
    EncodedCaptions tokens =
        EncodedCaptions.tokens(
            texts, model.textEncoders().stream().map(ModelFiles.Part::config).toList());
    this.captions = textEncoder ? tokens : tokens.encoded(model, 1);
    UNetTraining family = new UNetTraining(model);
    this.networks = new DenoisingNetworks(torch, model, captions, 1, TrainingLoss.L2);
    this.parameters = new LoraParameters(torch, family.modules(adapter, 1), adapter.alpha(), 3);
    this.batches = new Batches(examples(model, set, size), settings(batchSize, family));
  }

  private static Batches.Settings settings(int batchSize, TrainedFamily family) {
    return new Batches.Settings(
        7,
        batchSize,
        family.channels(),
        0,
        OptionalDouble.empty(),
        CaptionOptions.DEFAULTS,
        TimestepSampling.UNIFORM,
        family.noise());
  }

  private static List<Example> examples(UNetFiles model, TrainingSet set, ImageSize size) {
    List<Example> examples = new ArrayList<>();
    try (ImageEncoder encoder = ImageEncoder.load(model)) {
      for (TrainingExample example : set.examples()) {
        ImageInput.Fitted fitted = ImageInput.fit(example.image().get(), size);
        float[] latent = encoder.encode(fitted.values(), size, examples.size());
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

  /** Fills all factors with random numbers, so that all of them have a gradient. */
  void randomise(double deviation) {
    SplittableRandom random = new SplittableRandom(11);
    parameters
        .weights()
        .values()
        .forEach(
            tensor -> {
              float[] values = new float[(int) tensor.size()];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
              }
              set(tensor, values);
            });
  }

  static void set(NDArray tensor, float[] values) {
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

  Map<String, NDArray> gradients(Batch batch, NDManager scope) {
    int chunks = captions.chunks(batch.captions());
    return networks.gradients(batch, parameters.tensors(batch.strengths(), chunks, scope), scope);
  }

  double loss(Batch batch) {
    try (NDManager scope = torch.scope()) {
      return Objects.requireNonNull(gradients(batch, scope).get("loss")).getFloat();
    }
  }

  /**
   * Checks that the loss changes along each gradient by the gradient's norm. The loss is a float32
   * near 1, accurate to 1e-7; the smallest gradient of the tests, 1e-4, changes it by 2e-5, so the
   * error is 0.8 percent. Curvature adds up to 1.2 percent at this distance, and a quarter of that
   * at half of it.
   */
  void assertGradients(List<String> modules) {
    Batch batch = batches.at(0);
    Map<String, float[]> gradients = gradients(batch);
    for (String module : modules) {
      for (String factor : List.of(".lora_down.weight", ".lora_up.weight")) {
        NDArray tensor = Objects.requireNonNull(parameters.weights().get(module + factor));
        float[] gradient = Objects.requireNonNull(gradients.get(module + factor));
        float[] start = tensor.toFloatArray();
        double length = length(gradient);
        assertThat(length).as(module + factor).isPositive();
        double reach = REACH * length(start);

        double ahead = lossAt(tensor, start, gradient, reach / length, batch);
        double behind = lossAt(tensor, start, gradient, -reach / length, batch);
        set(tensor, start);

        assertThat((ahead - behind) / (2 * reach))
            .as(module + factor)
            .isCloseTo(length, within(0.03 * length));
      }
    }
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
