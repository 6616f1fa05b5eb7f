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
 * What somebody asked to be trained.
 *
 * @param name of the LoRA
 * @param trigger the word that calls it; empty for none
 * @param images with captions; their files are in the folder
 * @param settings gives a trainer what the request says
 * @param sample what is drawn on the way
 * @param sampleEvery after so many steps
 * @param pixels that a step looks at, of all its images
 * @param folder of this training alone: its images, its unfinished LoRA, its samples
 * @param asked the request without its images
 */
record TrainingPlan(
    String name,
    String trigger,
    TrainingSet images,
    Consumer<LoraTrainerBuilder> settings,
    Optional<PromptSpec> sample,
    int sampleEvery,
    long pixels,
    Path folder,
    ObjectNode asked) {

  /**
   * A trainer, of which mistakes have been found.
   *
   * @param resume whether it goes on from what the folder holds
   * @throws IllegalArgumentException if settings do not go together
   */
  LoraTrainer trainer(Pipeline pipeline, TrainingListener listener, boolean resume) {
    LoraTrainerBuilder trainer =
        LoraTrainer.recommended(pipeline.checkpoint().path(), images).pipeline(pipeline);
    settings.accept(trainer);
    if (!trigger.isEmpty()) {
      trainer.triggerWord(trigger);
    }
    sample.ifPresent(spec -> trainer.samples(List.of(spec), sampleEvery));
    return trainer
        .name(name)
        .output(folder.resolve("lora.safetensors"))
        .listener(listener)
        .resume(resume)
        .build();
  }

  /** A prompt that shows what was learnt. */
  String tryPrompt(String lora) {
    String text = withTrigger(trigger, sample.map(PromptSpec::prompt).orElse(""));
    return (text + " <lora:" + lora + ":1>").strip();
  }

  /** A prompt that calls up what is learnt, as captions do once they are trained on. */
  static String withTrigger(String trigger, String prompt) {
    if (prompt.toLowerCase(Locale.ROOT).contains(trigger.toLowerCase(Locale.ROOT))) {
      return prompt;
    }
    return prompt.isEmpty() ? trigger : trigger + ", " + prompt;
  }
}
