package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.training.adapter.LoraWriter;
import dev.sdlora.training.run.StopRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the files of a training run while it runs. Not safe for use by several threads. */
final class RunWriter {
  static final String STARTED = "started";

  /** The names of texts in the state file. */
  private static final String NOISE_LEVELS = "noise levels";

  private static final String VALIDATION = "validation";

  private final Settings settings;
  private final Outputs outputs;
  private final StopRequest stop;
  private final TrainingState training;
  private final ValidationHistory validation;
  private final Map<String, String> words;
  private final FileMetadata metadata;
  private int savedStep = -1;

  /**
   * Creates a writer.
   *
   * @param words the settings, which are written into the state
   */
  RunWriter(
      Settings settings,
      StopRequest stop,
      TrainingState training,
      ValidationHistory validation,
      Map<String, String> words,
      FileMetadata metadata) {
    this.settings = settings;
    this.outputs = settings.outputs();
    this.stop = stop;
    this.training = training;
    this.validation = validation;
    this.words = new LinkedHashMap<>(words);
    this.words.put(STARTED, metadata.started().toString());
    this.metadata = metadata;
  }

  /**
   * Restores the measurements in a state.
   *
   * @param found the texts of the state
   * @throws TrainingException if the LoRA of the lowest validation loss is missing
   */
  static void restore(
      Settings settings,
      Map<String, String> found,
      TrainingState training,
      ValidationHistory validation) {
    if (found.containsKey(NOISE_LEVELS)) {
      training.noiseLevels().restore(found.getOrDefault(NOISE_LEVELS, ""));
    }
    validation.restore(found.getOrDefault(VALIDATION, ""));
    Path best = settings.outputs().best();
    if (settings.keepsBest() && validation.lowest().isPresent() && !Files.exists(best)) {
      throw new TrainingException(
          "LoRA '%s' with the lowest validation loss so far is missing; put it back, or start over without resume"
              .formatted(best),
          ErrorDetails.in(best));
    }
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
    Map<String, String> all = new LinkedHashMap<>(words);
    all.put(NOISE_LEVELS, training.noiseLevels().text());
    all.put(VALIDATION, validation.text());
    stop.runUnbroken(() -> training.save(outputs.state(), all));
    plot();
    savedStep = step();
    settings.listener().saved(file);
    return file;
  }

  /** Writes the LoRA of this step as that of the lowest validation loss so far. */
  void best() {
    lora(outputs.best());
  }

  /**
   * Writes the finished LoRA, the one of the lowest validation loss if that is to be kept, and
   * deletes the state, which is no longer needed.
   */
  void last() {
    if (settings.keepsBest()) {
      stop.runUnbroken(() -> move(outputs.best(), outputs.file()));
    } else {
      lora(outputs.file());
    }
    plot();
    RunFiles.discard(outputs.state());
    settings.listener().saved(outputs.file());
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TrainingException(
          "LoRA '%s' with the lowest validation loss cannot be moved to '%s': %s"
              .formatted(from, to, FileReason.of(e)),
          ErrorDetails.in(from),
          e);
    }
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
                    .make(step(), temporary, stop::isMade);
              } finally {
                RunFiles.discard(temporary);
              }
            });
  }

  private void lora(Path file) {
    Map<String, String> pairs = metadata.at(step(), settings.clock().instant());
    LayerNames names = settings.family().names();
    KeyNaming style = settings.family().style();
    stop.runUnbroken(
        () ->
            training.withAverages(
                () -> {
                  LoraWriter.write(
                      file, training.parameters(), names, style, outputs.format(), pairs);
                  return file;
                }));
  }

  private void plot() {
    outputs
        .lossPlot()
        .ifPresent(file -> RunFiles.lossPlot(file, outputs.name(), training.losses().values()));
  }
}
