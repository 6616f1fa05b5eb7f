package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.run.CheckpointIdentity;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * All settings that determine the course of a training run, as text for its state file. Stateless.
 */
final class Fingerprint {
  private static final String PREFIX = "setting.";

  private Fingerprint() {}

  static Map<String, String> of(
      Settings settings, CheckpointIdentity checkpoint, PreparedData preparation) {
    AdapterSettings adapter = settings.adapter();
    Recipe recipe = settings.recipe();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("checkpoint", checkpoint.digest());
    values.put("pictures and captions", preparation.digest());
    values.put("slider", settings.slider().map(Object::toString).orElse("none"));
    values.put("rank", adapter.rank());
    values.put("alpha", adapter.alpha());
    values.put("modules", adapter.modules());
    values.put("textEncoder", adapter.textEncoder());
    values.put("steps", recipe.steps());
    values.put("batchSize", recipe.batchSize());
    values.put("size", recipe.size());
    values.put("learningRate", recipe.rates().unet());
    values.put("textEncoderLearningRate", recipe.rates().textEncoders());
    values.put("warmup", recipe.rates().warmup());
    values.put("schedule", recipe.rates().schedule());
    values.put("accumulation", recipe.accumulation());
    values.put("adapter", adapter.options());
    Recipe.Optimisation optimisation = recipe.optimisation();
    values.put("optimiser", optimisation.optimiser());
    values.put("weightDecay", optimisation.weightDecay());
    values.put("maxGradientNorm", optimisation.maxGradientNorm());
    values.put("averaging", optimisation.averaging());
    Recipe.Objective objective = recipe.objective();
    values.put("loss", objective.loss());
    OptionalDouble gamma = objective.minSnrGamma();
    values.put("minSnrGamma", gamma.isPresent() ? gamma.getAsDouble() : "off");
    values.put("debiased", objective.debiased());
    values.put("timesteps", objective.timesteps());
    values.put("noiseOffset", objective.noiseOffset());
    values.put("inputs", recipe.inputs());
    values.put("computation", recipe.computation());
    values.put("clipSkip", recipe.clipSkip());
    values.put("seed", recipe.seed());
    values.put("validation", settings.validation().map(Object::toString).orElse("off"));
    Map<String, String> words = new LinkedHashMap<>();
    values.forEach((name, value) -> words.put(PREFIX + name, value.toString()));
    return words;
  }

  /**
   * Checks that a state belongs to the same training run.
   *
   * @throws TrainingException if any setting differs
   */
  static void require(Path state, Map<String, String> expected, Map<String, String> found) {
    expected.forEach(
        (key, value) -> {
          String other = found.get(key);
          if (!value.equals(other)) {
            throw new TrainingException(
                "training state '%s' was made with %s %s, expected %s; resume with the same settings, or start over without resume"
                    .formatted(
                        state,
                        key.substring(PREFIX.length()),
                        other == null ? "missing" : other,
                        value),
                ErrorDetails.in(state));
          }
        });
  }
}
