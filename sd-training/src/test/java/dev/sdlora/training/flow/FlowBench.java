package dev.sdlora.training.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.FlowCaptions;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.data.ImageInput;
import dev.sdlora.training.family.FlowTraining;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.step.Bench;
import dev.sdlora.training.step.FlowNetworks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** The parts of a training run of a diffusion transformer, for tests that run them individually. */
final class FlowBench implements AutoCloseable {
  static final ImageSize SIZE = new ImageSize(64, 48);

  /** The distance of finite differences to either side, as a share of a factor's own norm. */
  private static final double REACH = 0.1;

  final Torch torch = Torch.open("cpu");
  final TransformerModel model;
  final FlowTraining family;
  final FlowCaptions captions;
  private AdapterParameters parameters;
  final Batches batches;

  FlowBench(Path checkpoint, int batchSize) {
    this.model = (TransformerModel) CheckpointReader.open(checkpoint, CheckpointParts.DEFAULT);
    this.family = new FlowTraining(model, TrainingPrecision.FLOAT32, "cpu");
    TrainingSet set =
        Fixtures.discs()
            .plus(
                TrainingSet.of(
                    List.of(
                        new TrainingExample(
                            "opposite",
                            Fixtures.discs().examples().get(0).image(),
                            "a disc that is described by more words",
                            -0.5))));
    List<String> texts = set.examples().stream().map(TrainingExample::caption).toList();
    this.captions = (FlowCaptions) family.captions(texts, false, 1, DataCache.NONE);
    this.parameters = parameters(4);
    this.batches =
        new Batches(
            examples(set),
            new Batches.Settings(
                7,
                batchSize,
                family.channels(),
                0,
                LossWeighting.NONE,
                CaptionOptions.DEFAULTS,
                TimestepSampling.UNIFORM,
                family.noise()));
  }

  AdapterSettings adapter(TrainedModules modules) {
    return adapter(modules, 4);
  }

  private static AdapterSettings adapter(TrainedModules modules, int rank) {
    return new AdapterSettings(rank, rank, modules, false, AdapterOptions.DEFAULTS);
  }

  AdapterParameters parameters() {
    return parameters;
  }

  /** Replaces the factors by initial ones of another rank. */
  void restart(int rank) {
    parameters = parameters(rank);
  }

  private AdapterParameters parameters(int rank) {
    AdapterSettings adapter = adapter(TrainedModules.LINEAR, rank);
    return new AdapterParameters(torch, family.modules(adapter, 1), adapter.options(), Map.of(), 3);
  }

  private List<Example> examples(TrainingSet set) {
    List<Example> examples = new ArrayList<>();
    try (ImageEncoder encoder = family.imageEncoder()) {
      for (TrainingExample example : set.examples()) {
        ImageInput.Fitted fitted = ImageInput.fit(example.image().get(), SIZE);
        examples.add(
            new Example(
                encoder.encode(fitted.values(), SIZE).sample(examples.size()),
                SIZE.height() / family.latentFactor(),
                example.caption(),
                example.strength(),
                fitted.sizes()));
      }
    }
    return examples;
  }

  FlowNetworks networks(TrainingPrecision precision, boolean checkpointing) {
    return new FlowNetworks(torch, model, captions, precision, checkpointing);
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
              Bench.set(tensor, values);
            });
  }

  /** The gradients of a batch, with its loss under the name {@code loss}. */
  Map<String, float[]> gradients(FlowNetworks networks, Batch batch) {
    try (NDManager scope = torch.scope()) {
      Map<String, float[]> values = new LinkedHashMap<>();
      networks
          .gradients(batch, parameters.tensors(batch.strengths(), 1, scope), scope)
          .forEach((name, tensor) -> values.put(name, tensor.toFloatArray()));
      return values;
    }
  }

  double loss(FlowNetworks networks, Batch batch) {
    return Objects.requireNonNull(gradients(networks, batch).get("loss"))[0];
  }

  /**
   * Checks that the loss changes along each gradient by the gradient's norm; see {@link
   * Bench#assertGradients} for the distance and the error.
   */
  void assertGradients(FlowNetworks networks, List<String> modules) {
    Batch batch = batches.at(0);
    Map<String, float[]> gradients = gradients(networks, batch);
    for (String module : modules) {
      for (String factor : List.of(".lora_down.weight", ".lora_up.weight")) {
        NDArray tensor = Objects.requireNonNull(parameters.weights().get(module + factor), module);
        float[] gradient = Objects.requireNonNull(gradients.get(module + factor));
        float[] start = tensor.toFloatArray();
        double length = length(gradient);
        assertThat(length).as(module + factor).isPositive();
        double reach = REACH * length(start);

        double ahead = lossAt(networks, tensor, start, gradient, reach / length, batch);
        double behind = lossAt(networks, tensor, start, gradient, -reach / length, batch);
        Bench.set(tensor, start);

        assertThat((ahead - behind) / (2 * reach))
            .as(module + factor)
            .isCloseTo(length, within(0.03 * length));
      }
    }
  }

  private double lossAt(
      FlowNetworks networks,
      NDArray tensor,
      float[] start,
      float[] direction,
      double distance,
      Batch batch) {
    float[] moved = start.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (distance * direction[i]);
    }
    Bench.set(tensor, moved);
    return loss(networks, batch);
  }

  static double length(float[] values) {
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
