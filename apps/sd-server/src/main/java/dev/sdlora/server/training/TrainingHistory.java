package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.training.NoiseLevelLoss;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.ValidationLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The losses and samples of a training so far. Not safe for use by several threads. */
final class TrainingHistory {
  private final LossCurve losses;
  private final List<ValidationLoss> validation;
  private final List<Sample> samples;
  private List<NoiseLevelLoss> noiseLevels;

  /**
   * An image drawn with the unfinished LoRA.
   *
   * @param prompt the index of its prompt
   * @param weight the weight of the LoRA
   */
  record Sample(int step, int prompt, double weight, Path file) {}

  private TrainingHistory(
      LossCurve losses,
      List<ValidationLoss> validation,
      List<Sample> samples,
      List<NoiseLevelLoss> noiseLevels) {
    this.losses = losses;
    this.validation = new ArrayList<>(validation);
    this.samples = new ArrayList<>(samples);
    this.noiseLevels = noiseLevels;
  }

  /** Creates the history of a training that has not started. */
  static TrainingHistory empty() {
    return new TrainingHistory(new LossCurve(), List.of(), List.of(), List.of());
  }

  /** Returns a copy. */
  TrainingHistory copy() {
    return new TrainingHistory(losses.copy(), validation, samples, noiseLevels);
  }

  void add(TrainingProgress progress) {
    losses.add(progress);
  }

  void add(Sample sample) {
    samples.add(sample);
  }

  /** Adds a measurement; a resumed training may repeat earlier ones. */
  void add(ValidationLoss measured) {
    validation.removeIf(earlier -> earlier.step() >= measured.step());
    validation.add(measured);
  }

  /** Replaces the losses in ranges of noise levels. */
  void noiseLevels(List<NoiseLevelLoss> latest) {
    noiseLevels = List.copyOf(latest);
  }

  List<Sample> samples() {
    return List.copyOf(samples);
  }

  /** Returns the sample of the latest step that shows the LoRA best: that nearest to weight 1. */
  Optional<Sample> latestSample() {
    int step = samples.stream().mapToInt(Sample::step).max().orElse(0);
    return samples.stream()
        .filter(sample -> sample.step() == step)
        .min(
            Comparator.comparingDouble((Sample sample) -> Math.abs(sample.weight() - 1))
                .thenComparing(Sample::prompt));
  }

  /**
   * Writes the losses: {@code losses} as in {@link LossCurve#json}, {@code validation} as {@code
   * [step, loss]}, and {@code noise_levels} with null for those without images.
   */
  void writeLosses(ObjectNode json) {
    json.set("losses", losses.json());
    ArrayNode measured = json.putArray("validation");
    validation.forEach(one -> measured.addArray().add(one.step()).add(one.loss()));
    ArrayNode levels = json.putArray("noise_levels");
    for (NoiseLevelLoss level : noiseLevels) {
      ObjectNode range = levels.addObject();
      range.put("from", level.from()).put("to", level.to()).put("images", level.images());
      putFinite(range, "mean", level.mean());
      putFinite(range, "recent", level.recent());
    }
  }

  private static void putFinite(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.putNull(name);
    }
  }
}
