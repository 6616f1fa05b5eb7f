package dev.sdlora.training;

import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Validation;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.report.Losses;
import dev.sdlora.training.run.CheckpointIdentity;
import dev.sdlora.training.run.StopRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training run, from encoding its images to writing its file. Runs once, on one thread. */
final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  /** The number of steps between two reports of the losses by noise level. */
  private static final int NOISE_LEVELS_EVERY = 10;

  private final Settings settings;
  private final Outputs outputs;
  private final int steps;
  private final long begin = System.nanoTime();
  private final StopRequest stop = new StopRequest();
  private final ValidationHistory history = new ValidationHistory();

  TrainingRun(Settings settings) {
    this.settings = settings;
    this.outputs = settings.outputs();
    this.steps = settings.recipe().steps();
  }

  /** Requests a stop after the current step; can be called from any thread. */
  void cancel() {
    stop.cancel();
  }

  TrainingResult run() {
    try {
      RunFiles.makeFolder(outputs.file());
      outputs.lossPlot().ifPresent(RunFiles::makeFolder);
      outputs.report().ifPresent(RunFiles::makeFolder);
      try (OutputLock lock = OutputLock.of(outputs.file())) {
        LOG.debug("took {}", lock);
        return locked();
      }
    } finally {
      stop.passOn();
    }
  }

  private TrainingResult locked() {
    settings.listener().start(settings.trainedImages(), steps);
    Optional<ReportDraft> report =
        outputs
            .report()
            .map(file -> new ReportDraft(file, stop.unbroken(() -> new Planner(settings).plan())));
    CheckpointIdentity checkpoint =
        stop.unbroken(() -> CheckpointIdentity.of(settings.checkpoint()));
    PreparedData data = stop.unbroken(() -> PreparedData.of(settings, stop::isMade));
    TrainingResult result =
        stop.isMade()
            ? result(outputs.file(), new Losses(0), true)
            : train(checkpoint, data, report);
    settings.listener().end(result);
    return result;
  }

  private TrainingResult train(
      CheckpointIdentity checkpoint, PreparedData all, Optional<ReportDraft> report) {
    List<Integer> heldOut = settings.heldOut();
    try (Torch torch = Torch.open(settings.family().device())) {
      TrainingState training =
          stop.unbroken(
              () ->
                  new TrainingState(
                      torch,
                      settings.recipe(),
                      TrainingParts.of(torch, settings, all.without(heldOut))));
      Map<String, String> words = Fingerprint.of(settings, checkpoint, all);
      FileMetadata metadata = new FileMetadata(settings, checkpoint, started(training, words));
      RunWriter writer = new RunWriter(settings, stop, training, history, words, metadata);
      Validation validation =
          new Validation(
              heldOut.stream().map(all.examples()::get).toList(),
              settings.family().noise(),
              settings.recipe().seed());
      settings.recipe().rateWarning().ifPresent(LOG::warn);
      LOG.info(
          "training {} from step {} to {} on {}",
          outputs.name(),
          training.losses().count(),
          steps,
          torch.device());
      int first = training.losses().count();
      ThreadLimit.run(settings.family().model().size(), () -> loop(training, validation, writer));
      int done = training.losses().count();
      boolean measured = settings.validation().isEmpty() || history.has(done);
      boolean finished = (done == steps && measured) || hasStopped();
      Path file = outputs.file();
      if (finished) {
        writer.last();
      } else if (done > first) {
        file = writer.checkpoint();
      } else if (done > 0) {
        file = outputs.checkpoint(done);
      }
      TrainingResult result = result(file, training.losses(), !finished);
      if (done > 0) {
        report.ifPresent(draft -> write(draft, result, training, words));
      }
      return result;
    }
  }

  /** A report to write at the end, with the plan from before the first step. */
  private record ReportDraft(Path file, TrainingPlan plan) {}

  private void write(
      ReportDraft draft, TrainingResult result, TrainingState training, Map<String, String> words) {
    RunReport report =
        new RunReport(
            settings,
            draft.plan(),
            result,
            training.losses(),
            training.noiseLevels().losses(),
            history.losses(),
            words);
    stop.runUnbroken(() -> report.write(draft.file()));
  }

  /** The time at which the training first started. Resumes from a saved state if requested. */
  private Instant started(TrainingState training, Map<String, String> words) {
    Instant now = settings.clock().instant();
    if (outputs.resume() && Files.exists(outputs.state())) {
      Map<String, String> found = stop.unbroken(() -> training.resume(outputs.state(), words));
      RunWriter.restore(settings, found, training, history);
      return Instant.parse(found.getOrDefault(RunWriter.STARTED, now.toString()));
    }
    return now;
  }

  private void loop(TrainingState training, Validation validation, RunWriter writer) {
    int first = training.losses().count();
    long from = System.nanoTime();
    validate(training, validation, writer);
    while (training.losses().count() < steps && !stop.isMade() && !hasStopped()) {
      double loss = training.step();
      int done = training.losses().count();
      double perSecond = (done - first) * 1e9 / Math.max(1, System.nanoTime() - from);
      settings
          .listener()
          .step(
              new TrainingProgress(
                  done,
                  steps,
                  loss,
                  training.losses().running(),
                  settings.recipe().unetRate().at(done - 1),
                  perSecond,
                  Duration.ofMillis((long) ((steps - done) / perSecond * 1000))));
      if (isDue(done, NOISE_LEVELS_EVERY)) {
        settings.listener().noiseLevels(training.noiseLevels().losses());
      }
      validate(training, validation, writer);
      if (isDue(done, outputs.saveEvery()) && done < steps) {
        writer.checkpoint();
      }
      if (isDue(done, outputs.sampleEvery()) && !stop.isMade()) {
        writer.samples();
      }
    }
    int done = training.losses().count();
    if (done > 0 && (done == first || !isDue(done, NOISE_LEVELS_EVERY))) {
      settings.listener().noiseLevels(training.noiseLevels().losses());
    }
  }

  private static boolean isDue(int done, int interval) {
    return interval > 0 && done % interval == 0;
  }

  /**
   * Measures the loss on held-out images if it is due at this step and has not been measured; a
   * measurement that is cancelled is repeated when the training is resumed.
   */
  private void validate(TrainingState training, Validation validation, RunWriter writer) {
    int done = training.losses().count();
    Optional<ValidationOptions> options = settings.validation();
    if (options.isEmpty()
        || history.has(done)
        || !(isDue(done, options.get().every()) || done == steps)) {
      return;
    }
    OptionalDouble measured =
        training.withAverages(() -> validation.measure(1, training::errors, stop::isMade));
    if (measured.isPresent()) {
      ValidationLoss loss = new ValidationLoss(done, measured.getAsDouble());
      history.add(loss);
      if (settings.keepsBest() && history.lowest().equals(Optional.of(loss))) {
        writer.best();
      }
      settings.listener().validated(loss);
    }
  }

  /** Whether validation ends the training. */
  private boolean hasStopped() {
    return settings.keepsBest()
        && history.sinceLowest() >= settings.validation().orElseThrow().patience();
  }

  private TrainingResult result(Path file, Losses losses, boolean stopped) {
    int last = losses.count();
    int kept =
        settings.keepsBest() && !stopped
            ? history.lowest().map(ValidationLoss::step).orElse(last)
            : last;
    return new TrainingResult(
        file,
        last,
        losses.first(),
        losses.last(),
        Duration.ofNanos(System.nanoTime() - begin),
        stopped,
        kept,
        history.losses().stream()
            .filter(loss -> loss.step() == kept)
            .mapToDouble(ValidationLoss::loss)
            .findFirst());
  }
}
