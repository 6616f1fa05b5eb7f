package dev.sdlora.training;

import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.LoraWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training run, from encoding its images to writing its file. Runs once, on one thread. */
final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
  private static final String STARTED = "started";

  private final Settings settings;
  private final Outputs outputs;
  private final int steps;
  private final long begin = System.nanoTime();
  private volatile boolean cancelled;
  private boolean interrupted;

  TrainingRun(Settings settings) {
    this.settings = settings;
    this.outputs = settings.outputs();
    this.steps = settings.recipe().steps();
  }

  /** Requests a stop after the current step; can be called from any thread. */
  void cancel() {
    cancelled = true;
  }

  TrainingResult run() {
    try {
      RunFiles.makeFolder(outputs.file());
      outputs.lossPlot().ifPresent(RunFiles::makeFolder);
      settings.listener().start(settings.set().examples().size(), steps);
      CheckpointIdentity checkpoint = unbroken(() -> CheckpointIdentity.of(settings.checkpoint()));
      PreparedData data = unbroken(() -> PreparedData.of(settings, this::isCancelled));
      TrainingResult result =
          isCancelled() ? result(outputs.file(), new Losses(0), true) : train(checkpoint, data);
      settings.listener().end(result);
      return result;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private TrainingResult train(CheckpointIdentity checkpoint, PreparedData data) {
    try (Torch torch = Torch.open("cpu")) {
      TrainingState training = unbroken(() -> new TrainingState(torch, settings, data));
      Map<String, String> words = Fingerprint.of(settings, checkpoint, data);
      Instant started = started(training, words);
      Writer writer = new Writer(training, words, new FileMetadata(settings, checkpoint, started));
      LOG.info("training {} from step {} to {}", outputs.name(), training.losses().count(), steps);
      int first = training.losses().count();
      ThreadLimit.run(settings.family().model().size(), () -> loop(training, writer));
      int done = training.losses().count();
      Path file = outputs.file();
      if (done == steps) {
        writer.last();
      } else if (done > first) {
        file = writer.checkpoint();
      } else if (done > 0) {
        file = outputs.checkpoint(done);
      }
      return result(file, training.losses(), done < steps);
    }
  }

  /** The time at which the training first started. Resumes from a saved state if requested. */
  private Instant started(TrainingState training, Map<String, String> words) {
    Instant now = settings.clock().instant();
    if (outputs.resume() && Files.exists(outputs.state())) {
      Map<String, String> found = unbroken(() -> training.resume(outputs.state(), words));
      return Instant.parse(found.getOrDefault(STARTED, now.toString()));
    }
    return now;
  }

  private void loop(TrainingState training, Writer writer) {
    int first = training.losses().count();
    long from = System.nanoTime();
    while (training.losses().count() < steps && !isCancelled()) {
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
      if (isDue(done, outputs.saveEvery()) && done < steps) {
        writer.checkpoint();
      }
      if (isDue(done, outputs.sampleEvery()) && !isCancelled()) {
        writer.samples();
      }
    }
  }

  private static boolean isDue(int done, int interval) {
    return interval > 0 && done % interval == 0;
  }

  private TrainingResult result(Path file, Losses losses, boolean stopped) {
    return new TrainingResult(
        file,
        losses.count(),
        losses.first(),
        losses.last(),
        Duration.ofNanos(System.nanoTime() - begin),
        stopped);
  }

  private boolean isCancelled() {
    noticeInterrupt();
    return cancelled;
  }

  /** Records and clears an interrupt, because files cannot be written while it is set. */
  private boolean noticeInterrupt() {
    if (Thread.interrupted()) {
      interrupted = true;
      cancelled = true;
      return true;
    }
    return false;
  }

  /** Runs a task that accesses files; if an interrupt makes it fail, it is repeated once. */
  private <T> T unbroken(Supplier<T> task) {
    noticeInterrupt();
    try {
      return task.get();
    } catch (RuntimeException e) {
      if (!noticeInterrupt()) {
        throw e;
      }
      LOG.debug("interrupted, trying once more", e);
      return task.get();
    }
  }

  /** Writes the files of a training run. */
  private final class Writer {
    private final TrainingState training;
    private final Map<String, String> words;
    private final FileMetadata metadata;
    private int savedStep = -1;

    Writer(TrainingState training, Map<String, String> words, FileMetadata metadata) {
      this.training = training;
      this.words = new LinkedHashMap<>(words);
      this.words.put(STARTED, metadata.started().toString());
      this.metadata = metadata;
    }

    private int step() {
      return training.losses().count();
    }

    /** Writes the LoRA of this step and then the state, so that a state always has its LoRA. */
    Path checkpoint() {
      Path file = outputs.checkpoint(step());
      if (savedStep == step()) {
        return file;
      }
      lora(file);
      unbroken(
          () -> {
            training.save(outputs.state(), words);
            return file;
          });
      plot();
      savedStep = step();
      settings.listener().saved(file);
      return file;
    }

    /** Writes the finished LoRA and deletes the state, which is no longer needed. */
    void last() {
      lora(outputs.file());
      plot();
      RunFiles.discard(outputs.state());
      settings.listener().saved(outputs.file());
    }

    void samples() {
      settings
          .pipeline()
          .ifPresent(
              pipeline -> {
                Path temporary = outputs.temporary(step());
                try {
                  lora(temporary);
                  new Samples(pipeline, outputs, settings.listener())
                      .make(step(), temporary, TrainingRun.this::isCancelled);
                } finally {
                  RunFiles.discard(temporary);
                }
              });
    }

    private void lora(Path file) {
      Map<String, String> pairs = metadata.at(step(), settings.clock().instant());
      LayerNames names = settings.family().names();
      unbroken(
          () -> {
            LoraWriter.write(file, training.parameters(), names, outputs.format(), pairs);
            return file;
          });
    }

    private void plot() {
      outputs
          .lossPlot()
          .ifPresent(file -> RunFiles.lossPlot(file, outputs.name(), training.losses().values()));
    }
  }
}
