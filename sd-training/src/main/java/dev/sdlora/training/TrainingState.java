package dev.sdlora.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.LoraParameters;
import dev.sdlora.training.adapter.ParameterGroup;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.BatchSource;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.LearningRate;
import dev.sdlora.training.step.StateFile;
import dev.sdlora.training.step.TrainedNetworks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A LoRA in training, with the networks, examples and optimiser that a step needs. Its native
 * memory belongs to the owner passed in. Not safe for use by several threads.
 */
final class TrainingState {
  private static final String STEP = "step";
  private static final String LOSSES = "losses";

  private final Torch torch;
  private final Settings settings;
  private final PreparedData data;
  private final TrainedNetworks networks;
  private final LoraParameters parameters;
  private final BatchSource batches;
  private final List<Part> parts = new ArrayList<>();
  private final Losses losses;
  private final NoiseLevelErrors noiseLevels;

  /** The optimiser of a group of factors, with its own learning rate. */
  private record Part(AdamW optimiser, LearningRate rate, double rateFactor) {}

  TrainingState(Torch torch, Settings settings, PreparedData data) {
    AdapterSettings adapter = settings.adapter();
    Recipe recipe = settings.recipe();
    this.torch = torch;
    this.settings = settings;
    this.data = data;
    this.networks = settings.family().networks(torch, data.captions(), recipe);
    this.parameters =
        new LoraParameters(
            torch,
            settings.family().modules(adapter, recipe.clipSkip()),
            adapter.alpha(),
            recipe.seed());
    this.batches = batches();
    this.losses = new Losses(recipe.steps());
    this.noiseLevels = new NoiseLevelErrors(settings.family().noise());
    for (ParameterGroup group : parameters.groups()) {
      AdamW optimiser = new AdamW(torch, group.weights(), recipe.optimiser());
      parts.add(new Part(optimiser, rate(recipe, group.network()), group.rateFactor()));
    }
  }

  private BatchSource batches() {
    return settings
        .slider()
        .map(slider -> slider.batches(settings, networks))
        .orElseGet(
            () -> new Batches(data.examples(), settings.recipe().batches(settings.family())));
  }

  private static LearningRate rate(Recipe recipe, Network network) {
    List<LearningRate> texts = recipe.textEncoderRates();
    for (int i = 0; i < texts.size(); i++) {
      if (Network.textEncoder(i) == network) {
        return texts.get(i);
      }
    }
    return recipe.unetRate();
  }

  LoraParameters parameters() {
    return parameters;
  }

  Losses losses() {
    return losses;
  }

  NoiseLevelErrors noiseLevels() {
    return noiseLevels;
  }

  /** Computes the errors of the members of a batch and learns nothing from them. */
  float[] errors(Batch batch) {
    try (NDManager scope = torch.scope()) {
      return errors(gradients(batch, scope));
    }
  }

  private static float[] errors(Map<String, NDArray> gradients) {
    return Objects.requireNonNull(gradients.get(TrainedNetworks.ERRORS)).toFloatArray();
  }

  private Map<String, NDArray> gradients(Batch batch, NDManager scope) {
    int chunks = data.captions().chunks(batch.captions());
    Map<String, NDArray> tensors = parameters.tensors(batch.strengths(), chunks, scope);
    return networks.gradients(batch, tensors, scope);
  }

  /**
   * Trains one step.
   *
   * @return the loss
   * @throws TrainingException if the loss or a gradient is not finite; the LoRA is then unchanged
   */
  double step() {
    int step = losses.count();
    Batch batch = batches.at(step);
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> gradients = gradients(batch, scope);
      double loss = Objects.requireNonNull(gradients.get(TrainedNetworks.LOSS)).getFloat();
      requireFinite(loss, "loss", step);
      update(gradients, step);
      losses.add(loss);
      noiseLevels.add(batch.times(), errors(gradients));
      return loss;
    }
  }

  private void update(Map<String, NDArray> gradients, int step) {
    double square = 0;
    for (Part part : parts) {
      double norm = part.optimiser().norm(gradients);
      square += norm * norm;
    }
    double norm = Math.sqrt(square);
    requireFinite(norm, "norm of the gradient", step);
    double factor = Math.min(1, settings.recipe().optimisation().maxGradientNorm() / norm);
    for (Part part : parts) {
      part.optimiser().update(gradients, part.rate().at(step) * part.rateFactor(), factor);
    }
  }

  private void requireFinite(double value, String what, int step) {
    if (!Double.isFinite(value)) {
      throw new TrainingException(
          "the %s of step %s is %s, expected a finite number; the learning rate %s is probably too high; files from earlier steps are kept"
              .formatted(what, step + 1, value, settings.recipe().rates().unet()),
          step + 1);
    }
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
    parts.forEach(part -> state.putAll(part.optimiser().state()));
    state.put(LOSSES, Torch.floats(scope, allLosses, allLosses.length));
    return state;
  }
}
