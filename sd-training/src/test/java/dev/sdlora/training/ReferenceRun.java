package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.EncodedCaptions;
import dev.sdlora.training.data.TrainingImageSizes;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.step.Bench;
import dev.sdlora.training.step.TrainedNetworks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A training run of {@code train.py}, which is repeated here with the same inputs: what its members
 * read, its initial factors, the loss of each step and the final factors. See the README next to
 * it.
 */
final class ReferenceRun {
  static final int STEPS = 20;

  /** The number of rows and columns of a latent. */
  private static final int SIDE = 16;

  /** The number of latents and captions; members use them in turn. */
  private static final int LATENTS = 3;

  /** The number of noises; members use them in turn. */
  private static final int NOISES = 10;

  private final Map<String, float[]> inputs;
  private final Map<String, float[]> initial;
  private final Map<String, float[]> results;

  /**
   * Reads a run.
   *
   * @param name the name of the run
   * @param network the name of its network
   * @param adapter the name of its kind of adapter
   */
  ReferenceRun(String name, String network, String adapter) {
    this.inputs = read(network);
    this.initial = read(network + "-" + adapter);
    this.results = read("run-" + name);
  }

  private static Map<String, float[]> read(String name) {
    String resource = "reference/" + name + ".safetensors";
    try (InputStream stream = ReferenceRun.class.getResourceAsStream(resource)) {
      Path file = Files.createTempFile("reference", ".safetensors");
      try {
        Files.write(file, Objects.requireNonNull(stream, resource).readAllBytes());
        return tensors(TensorFile.open(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, float[]> tensors(TensorFile file) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        tensors.put(entry.name(), reader.floats(entry));
      }
    }
    return tensors;
  }

  private static float[] find(Map<String, float[]> tensors, String name) {
    float @Nullable [] values = tensors.get(name);
    return Objects.requireNonNull(values, name);
  }

  /**
   * Repeats the run.
   *
   * @param builder the settings of the run
   */
  Outcome train(LoraTrainerBuilder builder) {
    Settings settings = new Assembly(builder.steps(STEPS)).settings();
    try (Torch torch = Torch.open("cpu")) {
      AdapterSettings adapter = settings.adapter();
      Captions captions = captions(settings.family());
      TrainedNetworks networks = settings.family().networks(torch, captions, settings.recipe());
      AdapterParameters parameters =
          new AdapterParameters(
              torch,
              settings.family().modules(adapter, 1),
              adapter.options(),
              networks.weights(),
              0);
      start(parameters.weights());
      TrainingState training =
          new TrainingState(
              torch,
              settings.recipe(),
              new TrainingParts(
                  networks,
                  parameters,
                  index -> batch(index, settings),
                  index -> captions,
                  settings.family().noise()));
      List<Double> losses = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        losses.add(training.step());
      }
      return training.withAverages(() -> new Outcome(losses, factors(parameters)));
    }
  }

  private static SortedMap<String, float[]> factors(AdapterParameters parameters) {
    SortedMap<String, float[]> factors = new TreeMap<>();
    parameters.weights().forEach((name, factor) -> factors.put(name, factor.toFloatArray()));
    return factors;
  }

  private void start(Map<String, NDArray> factors) {
    assertThat(factors.keySet()).containsExactlyInAnyOrderElementsOf(initial.keySet());
    factors.forEach((name, factor) -> Bench.set(factor, find(initial, name)));
  }

  private Captions captions(TrainedFamily family) {
    Map<String, float[]> states = new LinkedHashMap<>();
    Map<String, float[]> pooled = new LinkedHashMap<>();
    for (int i = 0; i < LATENTS; i++) {
      states.put(caption(i), part(find(inputs, "text"), i, LATENTS));
      if (inputs.containsKey("pooled")) {
        pooled.put(caption(i), part(find(inputs, "pooled"), i, LATENTS));
      }
    }
    UNetFiles model = (UNetFiles) family.model();
    return EncodedCaptions.ofStates(
        states, pooled, model.textEncoders().stream().map(ModelFiles.Part::config).toList());
  }

  private static String caption(int member) {
    return "caption " + member % LATENTS;
  }

  private static float[] part(float[] values, int index, int count) {
    int length = values.length / count;
    float[] part = new float[length];
    System.arraycopy(values, index * length, part, 0, length);
    return part;
  }

  private Batch batch(int index, Settings settings) {
    int size = settings.recipe().batchSize();
    NoiseProcess process = settings.family().noise();
    LossWeighting weighting = settings.recipe().objective().weighting();
    int length = find(inputs, "latents").length / LATENTS;
    float[] positions = find(inputs, "positions");
    Batch batch =
        new Batch(
            new float[size * length],
            new float[size],
            new float[size * length],
            new float[size],
            new float[size],
            new ArrayList<>(),
            new ArrayList<>(),
            SIDE,
            new float[0],
            new float[weighting.deltas(size)]);
    for (int i = 0; i < size; i++) {
      int member = index * size + i;
      float[] clean = part(find(inputs, "latents"), member % LATENTS, LATENTS);
      float[] noise = part(find(inputs, "noise"), member % NOISES, NOISES);
      NoiseLevel level = process.at(positions[member]);
      for (int k = 0; k < length; k++) {
        batch.noisy()[i * length + k] = level.noisy(clean[k], noise[k]);
        batch.target()[i * length + k] = level.target(clean[k], noise[k]);
      }
      batch.times()[i] = (float) level.time();
      batch.importance()[i] = (float) weighting.weight(level, process.predictsVelocity());
      if (batch.deltas().length > 0) {
        batch.deltas()[i] = (float) weighting.delta(level);
      }
      batch.strengths()[i] = 1;
      batch.captions().add(caption(member));
      batch.sizes().add(TrainingImageSizes.whole(8 * SIDE, 8 * SIDE));
    }
    return batch;
  }

  /** The result of a repetition: the loss of each step, and the final factors by name. */
  final class Outcome {
    private static final String WEIGHT = ".weight";

    private final List<Double> losses;
    private final SortedMap<String, float[]> factors;

    private Outcome(List<Double> losses, SortedMap<String, float[]> factors) {
      this.losses = losses;
      this.factors = factors;
    }

    /** The largest difference between losses, as a share of the largest. */
    double lossError() {
      float[] expected = find(results, "losses");
      double error = 0;
      double largest = 0;
      for (int i = 0; i < expected.length; i++) {
        error = Math.max(error, Math.abs(losses.get(i) - expected[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
      }
      return error / largest;
    }

    /**
     * The largest difference between factors of one kind, such as all second ones, as a share of
     * the largest of them; by the last parts of their names.
     */
    Map<String, Double> factorErrors() {
      float[] expected = find(results, "factors");
      Map<String, Double> errors = new TreeMap<>();
      Map<String, Double> largest = new TreeMap<>();
      int at = 0;
      for (Map.Entry<String, float[]> factor : factors.entrySet()) {
        String kind = kind(factor.getKey());
        for (float value : factor.getValue()) {
          errors.merge(kind, Math.abs((double) value - expected[at]), Math::max);
          largest.merge(kind, (double) Math.abs(expected[at]), Math::max);
          at++;
        }
      }
      assertThat(at).isEqualTo(expected.length);
      errors.replaceAll((kind, error) -> error / Objects.requireNonNull(largest.get(kind)));
      return errors;
    }

    /** The name of a factor without its layer, such as {@code lora_up.weight}. */
    private static String kind(String name) {
      String bare =
          name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
      return bare.substring(bare.lastIndexOf('.') + 1);
    }
  }

  /** A builder without images of its own, for a checkpoint, with a LoRA of attention of rank 2. */
  static LoraTrainerBuilder trainer(Path checkpoint, Path folder) {
    return LoraTrainer.builder()
        .checkpoint(checkpoint)
        .trainingSet(Fixtures.discs())
        .output(folder.resolve("out.safetensors"))
        .size(new ImageSize(8 * SIDE, 8 * SIDE))
        .batchSize(2)
        .rank(2)
        .alpha(1)
        .modules(TrainedModules.ATTENTION)
        .learningRate(1e-3)
        .weightDecay(0.1)
        .maxGradientNorm(1e-6);
  }
}
