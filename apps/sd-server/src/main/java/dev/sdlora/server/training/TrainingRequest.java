package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A requested training.
 *
 * @param name the name of the LoRA
 * @param trigger the trigger word; empty for none
 * @param images the images with captions, whose files are in the folder; empty for a slider
 * @param settings applies the settings of the request to a trainer
 * @param samples the images to draw during training
 * @param sampleWeights the weights of the LoRA at which each of them is drawn
 * @param sampleEvery the steps between samples
 * @param pixels the pixels of one step, over all images of its batches
 * @param folder a folder of this training only, for its images, unfinished LoRA and samples
 * @param captionLength the characters of all captions
 * @param withoutImages the request without its images
 */
record TrainingRequest(
    String name,
    String trigger,
    Optional<TrainingSet> images,
    Consumer<LoraTrainerBuilder> settings,
    List<PromptSpec> samples,
    List<Double> sampleWeights,
    int sampleEvery,
    long pixels,
    Path folder,
    long captionLength,
    ObjectNode withoutImages) {

  TrainingRequest {
    samples = List.copyOf(samples);
    sampleWeights = List.copyOf(sampleWeights);
  }

  /**
   * Creates a trainer; invalid settings are reported here.
   *
   * @param resume whether to resume from the contents of the folder
   * @throws IllegalArgumentException if settings are invalid or contradict each other
   */
  LoraTrainer trainer(Pipeline pipeline, TrainingListener listener, boolean resume) {
    Path checkpoint = pipeline.checkpoint().path();
    LoraTrainerBuilder trainer =
        images
            .map(set -> LoraTrainer.recommended(checkpoint, set))
            .orElseGet(() -> LoraTrainer.builder().checkpoint(checkpoint));
    settings.accept(trainer.pipeline(pipeline));
    if (!trigger.isEmpty()) {
      trainer.triggerWord(trigger);
    }
    if (!samples.isEmpty()) {
      trainer.samples(samples, sampleEvery);
    }
    return trainer
        .name(name)
        .output(folder.resolve("lora.safetensors"))
        .report(report())
        .listener(listener)
        .resume(resume)
        .build();
  }

  /** Returns the file of the report, which is written at the end of the training. */
  Path report() {
    return folder.resolve("report.html");
  }

  /** Returns the number of training images. */
  int count() {
    return images.map(set -> set.examples().size()).orElse(0);
  }

  /** Returns the number of sample images of a training of some steps. */
  int sampleCount(int steps) {
    return steps / sampleEvery * samples.size() * sampleWeights.size();
  }

  /** Returns a prompt that shows the trained LoRA. */
  String tryPrompt(String lora) {
    String text =
        withTrigger(trigger, samples.stream().findFirst().map(PromptSpec::prompt).orElse(""));
    return (text + " <lora:" + lora + ":1>").strip();
  }

  /** Returns a prompt that contains the trigger word, as captions do in training. */
  static String withTrigger(String trigger, String prompt) {
    if (prompt.toLowerCase(Locale.ROOT).contains(trigger.toLowerCase(Locale.ROOT))) {
      return prompt;
    }
    return prompt.isEmpty() ? trigger : trigger + ", " + prompt;
  }
}
