package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.Fields;
import dev.sdlora.server.job.InterruptibleWork;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingResult;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One training on a thread of its own. The finished LoRA is saved in the LoRA folder. A cancelled
 * training can be resumed by {@link #resumed}. Safe for use by several threads.
 */
final class Training extends InterruptibleWork {
  private final TrainingPlan plan;
  private final Pipeline pipeline;
  private final LoraFolder loras;
  private final boolean resumes;

  // The fields below are guarded by this.
  private final LossCurve losses;
  private final List<Sample> samples;
  private boolean keeping;
  private @Nullable TrainingProgress latest;
  private Optional<Saved> saved;
  private @Nullable String published;

  /** An image drawn with the unfinished LoRA. */
  record Sample(int step, Path file) {}

  /** The unfinished LoRA of a cancelled training, with the state to resume from. */
  private record Saved(int step, Path file) {}

  /** Creates a training; settings that cannot be used fail here, not in the job. */
  static Training of(TrainingPlan plan, Pipeline pipeline, LoraFolder loras) {
    return checked(
        new Training(plan, pipeline, loras, Optional.empty(), new LossCurve(), List.of()));
  }

  private static Training checked(Training training) {
    training.plan.trainer(training.pipeline, TrainingListener.NONE, training.resumes);
    return training;
  }

  private Training(
      TrainingPlan plan,
      Pipeline pipeline,
      LoraFolder loras,
      Optional<Saved> saved,
      LossCurve losses,
      List<Sample> samples) {
    super("sd-training");
    this.plan = plan;
    this.pipeline = pipeline;
    this.loras = loras;
    this.resumes = saved.isPresent();
    this.saved = saved;
    this.losses = losses;
    this.samples = new ArrayList<>(samples);
  }

  /** Returns a training that resumes this one; empty if there is nothing to resume. */
  synchronized Optional<Training> resumed() {
    return resumableStep() > 0
        ? Optional.of(checked(new Training(plan, pipeline, loras, saved, losses.copy(), samples)))
        : Optional.empty();
  }

  /** Returns 0 while the training runs, because nothing else may use its files. */
  private synchronized int resumableStep() {
    return isOver() ? saved.map(Saved::step).orElse(0) : 0;
  }

  @Override
  public String title() {
    return plan.name();
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public Lane lane() {
    return Lane.TRAINING;
  }

  @Override
  public long heldBytes() {
    return plan.images().examples().stream()
        .mapToLong(example -> 2L * example.caption().length())
        .sum();
  }

  TrainingPlan plan() {
    return plan;
  }

  @Override
  protected Outcome run(JobProgress progress) {
    progress.begun();
    progress.partBegun();
    LoraTrainer trainer = plan.trainer(pipeline, new Watch(progress), resumes);
    TrainingResult result = interruptibly(trainer::train);
    if (result.cancelled()) {
      stopped(result);
      throw new CancellationException();
    }
    publish(result.file());
    return new Outcome(warnings(), List.of());
  }

  /**
   * Handles cancellation. A resumed training may stop before its first step; then its initial state
   * is kept.
   */
  private void stopped(TrainingResult result) {
    Optional<Saved> kept;
    synchronized (this) {
      if (result.steps() > 0) {
        saved = Optional.of(new Saved(result.steps(), result.file()));
      }
      kept = keeping ? saved : Optional.empty();
    }
    kept.ifPresent(lora -> publish(lora.file()));
  }

  private void publish(Path file) {
    String name = loras.publish(file, plan.name());
    Optional<Sample> last;
    synchronized (this) {
      published = name;
      saved = Optional.empty();
      last = samples.isEmpty() ? Optional.empty() : Optional.of(samples.get(samples.size() - 1));
    }
    last.ifPresent(sample -> loras.publishPreview(sample.file(), name));
  }

  private synchronized List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (isCancelled()) {
      warnings.add("cancelled after the last step, when the LoRA was already complete");
    }
    if (published != null && !published.equals(plan.name())) {
      warnings.add(
          "a LoRA named '%s' was created in the meantime; this one is saved as '%s'"
              .formatted(plan.name(), published));
    }
    return warnings;
  }

  /**
   * Stops after the current step.
   *
   * @param keep whether to save the LoRA in its current state
   */
  void stop(boolean keep) {
    synchronized (this) {
      keeping |= keep;
    }
    cancel();
  }

  /** Returns the time per pixel of a step; empty before the first step. */
  synchronized OptionalDouble secondsPerPixel() {
    return latest == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 / (latest.stepsPerSecond() * plan.pixels()));
  }

  synchronized List<Sample> samples() {
    return List.copyOf(samples);
  }

  @Override
  public synchronized Optional<ObjectNode> details() {
    ObjectNode json = Fields.object();
    json.put("name", plan.name());
    json.put("trigger", plan.trigger());
    json.put("pictures", plan.images().examples().size());
    if (latest != null) {
      json.put("loss", latest.loss()).put("mean_loss", latest.meanLoss());
      json.put("steps_per_second", latest.stepsPerSecond());
      json.put("learning_rate", latest.learningRate());
      json.put("seconds_left", isOver() ? 0 : latest.remaining().toMillis() / 1000.0);
    }
    json.put("resumable_step", resumableStep());
    if (published != null) {
      json.put("lora", published).put("try_prompt", plan.tryPrompt(published));
    }
    return Optional.of(json);
  }

  /** Returns the points of the loss curve; see {@link LossCurve#json}. */
  synchronized ArrayNode losses() {
    return losses.json();
  }

  /** Forwards progress to the job, and records losses and samples. */
  private final class Watch implements TrainingListener {
    private final JobProgress progress;

    Watch(JobProgress progress) {
      this.progress = progress;
    }

    @Override
    public void step(TrainingProgress now) {
      synchronized (Training.this) {
        latest = now;
        losses.add(now);
      }
      progress.step(now.step(), now.steps(), Optional.empty());
    }

    @Override
    public void sample(Path file) {
      BufferedImage look = Image.read(file).toBufferedImage();
      int step;
      int steps;
      synchronized (Training.this) {
        step = latest == null ? 0 : latest.step();
        steps = latest == null ? 1 : latest.steps();
        samples.add(new Sample(step, file));
      }
      progress.step(step, steps, Optional.of(look));
    }
  }
}
