package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.job.InterruptibleWork;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.NoiseLevelLoss;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.ValidationLoss;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One training on a thread of its own. The finished LoRA is saved in the LoRA folder. A cancelled
 * training can be resumed by {@link #resumed}. Safe for use by several threads.
 */
final class Training extends InterruptibleWork {
  /** The end of the name of a sample; those of a prompt at all weights follow each other. */
  private static final Pattern SAMPLE = Pattern.compile("-step\\d+-(\\d+)\\.png$");

  private final TrainingRequest request;
  private final Pipeline pipeline;
  private final LoraFolder loras;
  private final boolean resumes;

  // The fields below are guarded by this.
  private final TrainingHistory history;
  private boolean keeping;
  private @Nullable TrainingProgress latest;
  private Optional<Saved> saved;
  private @Nullable String published;

  /** The unfinished LoRA of a cancelled training, with the state to resume from. */
  private record Saved(int step, Path file) {}

  /** Creates a training; settings that cannot be used fail here, not in the job. */
  static Training of(TrainingRequest request, Pipeline pipeline, LoraFolder loras) {
    return checked(
        new Training(request, pipeline, loras, Optional.empty(), TrainingHistory.empty()));
  }

  private static Training checked(Training training) {
    training.request.trainer(training.pipeline, TrainingListener.NONE, training.resumes);
    return training;
  }

  private Training(
      TrainingRequest request,
      Pipeline pipeline,
      LoraFolder loras,
      Optional<Saved> saved,
      TrainingHistory history) {
    super("sd-training");
    this.request = request;
    this.pipeline = pipeline;
    this.loras = loras;
    this.resumes = saved.isPresent();
    this.saved = saved;
    this.history = history;
  }

  /** Returns a training that resumes this one; empty if there is nothing to resume. */
  synchronized Optional<Training> resumed() {
    return resumableStep() > 0
        ? Optional.of(checked(new Training(request, pipeline, loras, saved, history.copy())))
        : Optional.empty();
  }

  /** Returns 0 while the training runs, because nothing else may use its files. */
  private synchronized int resumableStep() {
    return isOver() ? saved.map(Saved::step).orElse(0) : 0;
  }

  @Override
  public String title() {
    return request.name();
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
    return 2 * request.captionLength();
  }

  TrainingRequest request() {
    return request;
  }

  @Override
  protected Outcome run(JobProgress progress) {
    progress.begun();
    progress.partBegun();
    LoraTrainer trainer = request.trainer(pipeline, new Watch(progress), resumes);
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
    String name = loras.publish(file, request.name());
    Optional<TrainingHistory.Sample> last;
    synchronized (this) {
      published = name;
      saved = Optional.empty();
      last = history.latestSample();
    }
    last.ifPresent(sample -> loras.publishPreview(sample.file(), name));
  }

  private synchronized List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (isCancelled()) {
      warnings.add("cancelled after the last step, when the LoRA was already complete");
    }
    if (published != null && !published.equals(request.name())) {
      warnings.add(
          "a LoRA named '%s' was created in the meantime; this one is saved as '%s'"
              .formatted(request.name(), published));
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
        : OptionalDouble.of(1 / (latest.stepsPerSecond() * request.pixels()));
  }

  synchronized List<TrainingHistory.Sample> samples() {
    return history.samples();
  }

  /** Returns the report, an HTML page; empty if there is none yet. */
  Optional<Path> report() {
    return Optional.of(request.report()).filter(Files::isRegularFile);
  }

  @Override
  public synchronized Optional<ObjectNode> details() {
    ObjectNode json = Fields.object();
    json.put("name", request.name());
    json.put("trigger", request.trigger());
    json.put("pictures", request.count());
    if (latest != null) {
      json.put("loss", latest.loss()).put("mean_loss", latest.meanLoss());
      json.put("steps_per_second", latest.stepsPerSecond());
      json.put("learning_rate", latest.learningRate());
      json.put("seconds_left", isOver() ? 0 : latest.remaining().toMillis() / 1000.0);
    }
    json.put("resumable_step", resumableStep());
    if (published != null) {
      json.put("lora", published).put("try_prompt", request.tryPrompt(published));
    }
    return Optional.of(json);
  }

  /** Writes the losses so far; see {@link TrainingHistory#writeLosses}. */
  synchronized void writeLosses(ObjectNode json) {
    history.writeLosses(json);
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
        history.add(now);
      }
      progress.step(now.step(), now.steps(), Optional.empty());
    }

    @Override
    public void noiseLevels(List<NoiseLevelLoss> losses) {
      synchronized (Training.this) {
        history.noiseLevels(losses);
      }
    }

    @Override
    public void validated(ValidationLoss loss) {
      synchronized (Training.this) {
        history.add(loss);
      }
    }

    /** Sheets of samples are left out, because clients get their images. */
    @Override
    public void sample(Path file) {
      Matcher numbered = SAMPLE.matcher(String.valueOf(file.getFileName()));
      if (!numbered.find()) {
        return;
      }
      BufferedImage image = Image.read(file).toBufferedImage();
      int index = Integer.parseInt(numbered.group(1)) - 1;
      List<Double> weights = request.sampleWeights();
      int step;
      int steps;
      synchronized (Training.this) {
        step = latest == null ? 0 : latest.step();
        steps = latest == null ? 1 : latest.steps();
        history.add(
            new TrainingHistory.Sample(
                step, index / weights.size(), weights.get(index % weights.size()), file));
      }
      progress.step(step, steps, Optional.of(image));
    }
  }
}
