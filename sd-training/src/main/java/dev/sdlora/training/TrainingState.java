package dev.sdlora.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.adapter.ParameterGroup;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.report.Losses;
import dev.sdlora.training.step.GradientSum;
import dev.sdlora.training.step.MovingAverage;
import dev.sdlora.training.step.Optimiser;
import dev.sdlora.training.step.StateFile;
import dev.sdlora.training.step.TrainedNetworks;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A LoRA in training, with the networks, examples and optimiser that a step needs. Its native
 * memory belongs to the owner passed in. Not safe for use by several threads.
 */
final class TrainingState {
  private static final String STEP = "step";
  private static final String LOSSES = "losses";

  private final Torch torch;
  private final Recipe recipe;
  private final TrainingParts parts;
  private final AdapterParameters parameters;
  private final Optimiser optimiser;
  private final GradientSum gradientSum;
  private final Optional<MovingAverage> average;
  private final Losses losses;
  private final NoiseLevelErrors noiseLevels;

  /**
   * Starts with the factors as they are.
   *
   * @param torch the owner of the native memory
   */
  TrainingState(Torch torch, Recipe recipe, TrainingParts parts) {
    this.torch = torch;
    this.recipe = recipe;
    this.parts = parts;
    this.parameters = parts.parameters();
    this.losses = new Losses(recipe.steps());
    this.noiseLevels = new NoiseLevelErrors(parts.noise());
    this.optimiser =
        recipe.optimiser(torch, parameters.groups().stream().map(ParameterGroup::weights).toList());
    this.gradientSum = new GradientSum(torch, parameters.weights());
    this.average =
        recipe.optimisation().averaging() > 0
            ? Optional.of(new MovingAverage(torch, parameters.weights()))
            : Optional.empty();
  }

  AdapterParameters parameters() {
    return parameters;
  }

  Losses losses() {
    return losses;
  }

  NoiseLevelErrors noiseLevels() {
    return noiseLevels;
  }

  /**
   * Computes the errors of the members of a batch without dropouts, and learns nothing from them.
   * The captions are those of the training as they are written.
   */
  float[] errors(Batch batch) {
    try (NDManager scope = torch.scope()) {
      Captions captions =
          parts.captions().apply(Math.multiplyExact(losses.count(), recipe.accumulation()));
      int chunks = captions.chunks(batch.captions());
      Map<String, NDArray> tensors = parameters.tensors(batch.strengths(), chunks, scope);
      return errors(gradients(batch, captions, tensors, scope));
    }
  }

  private static float[] errors(Map<String, NDArray> gradients) {
    return Objects.requireNonNull(gradients.get(TrainedNetworks.ERRORS)).toFloatArray();
  }

  /**
   * Trains one step: averages the gradients of one or several batches and updates the factors.
   *
   * @return the mean loss of the batches
   * @throws TrainingException if the loss or a gradient is not finite; the LoRA is then unchanged
   */
  double step() {
    int step = losses.count();
    int batchCount = recipe.accumulation();
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> sums = batchCount > 1 ? gradientSum.zeros(scope) : Map.of();
      double loss = 0;
      for (int i = 0; i < batchCount; i++) {
        try (NDManager inner = torch.scope()) {
          int index = Math.addExact(Math.multiplyExact(step, batchCount), i);
          Batch batch = parts.batches().at(index);
          Captions captions = parts.captions().apply(index);
          int chunks = captions.chunks(batch.captions());
          Map<String, NDArray> tensors =
              parameters.tensors(batch.strengths(), chunks, index, inner);
          Map<String, NDArray> gradients = gradients(batch, captions, tensors, inner);
          loss += Objects.requireNonNull(gradients.get(TrainedNetworks.LOSS)).getFloat();
          requireFinite(loss, "loss", step);
          if (batchCount > 1) {
            gradientSum.add(sums, gradients);
          } else {
            update(gradients, step);
          }
          noiseLevels.add(batch.times(), errors(gradients));
        }
      }
      if (batchCount > 1) {
        update(sums, step);
      }
      losses.add(loss / batchCount);
      return loss / batchCount;
    }
  }

  private Map<String, NDArray> gradients(
      Batch batch, Captions captions, Map<String, NDArray> tensors, NDManager scope) {
    parts.networks().use(captions);
    return parts.networks().gradients(batch, tensors, scope);
  }

  /** Updates the factors by the sum of the gradients of a step's batches. */
  private void update(Map<String, NDArray> sums, int step) {
    double norm = gradientSum.norm(sums) / recipe.accumulation();
    requireFinite(norm, "norm of the gradient", step);
    double clipped = Math.min(1, recipe.optimisation().maxGradientNorm() / norm);
    double[] rates =
        parameters.groups().stream()
            .mapToDouble(group -> recipe.rate(group.network()).at(step) * group.rateFactor())
            .toArray();
    optimiser.update(step, sums, rates, clipped / recipe.accumulation());
    average.ifPresent(own -> own.follow(1 - recipe.optimisation().averagingAt(step)));
  }

  private void requireFinite(double value, String what, int step) {
    if (!Double.isFinite(value)) {
      throw new TrainingException(
          "the %s of step %s is %s, expected a finite number; %s; files from earlier steps are kept"
              .formatted(what, step + 1, value, recipe.causeOfDivergence()),
          step + 1);
    }
  }

  /** Runs a task while the factors are those to write: their averages if there are any. */
  <T> T withAverages(Supplier<T> task) {
    return average.isPresent() ? average.get().inPlaceOfWeights(task) : task.get();
  }

  /** Writes everything that a resumed training run needs. */
  void save(Path path, Map<String, String> words) {
    Map<String, String> all = new LinkedHashMap<>(words);
    all.put(STEP, Integer.toString(losses.count()));
    try (NDManager scope = torch.scope()) {
      StateFile.write(path, state(losses.all(), scope), all);
    }
  }

  /**
   * Resumes from a saved state.
   *
   * @param expected the entries that must match
   * @return all entries of the file
   * @throws TrainingException if the state belongs to another training run
   */
  Map<String, String> resume(Path path, Map<String, String> expected) {
    Map<String, String> words = TensorFile.open(path).metadata();
    Fingerprint.require(path, expected, words);
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> state = state(losses.all(), scope);
      StateFile.read(path, state);
      float[] all = Objects.requireNonNull(state.get(LOSSES)).toFloatArray();
      losses.restore(all, Integer.parseInt(words.getOrDefault(STEP, "0")));
    }
    return words;
  }

  private Map<String, NDArray> state(float[] allLosses, NDManager scope) {
    Map<String, NDArray> state = new LinkedHashMap<>();
    parameters.weights().forEach((name, tensor) -> state.put("weight." + name, tensor));
    state.putAll(optimiser.state());
    average.ifPresent(
        own -> own.averages().forEach((name, tensor) -> state.put("average." + name, tensor)));
    state.put(LOSSES, Torch.floats(scope, allLosses, allLosses.length));
    return state;
  }
}
