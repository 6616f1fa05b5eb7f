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
 * @param images the images with captions; their files are in the folder
 * @param settings applies the settings of the request to a trainer
 * @param sample the image to draw during training
 * @param sampleEvery the steps between samples
 * @param pixels the pixels of one step, over all images of a batch
 * @param folder a folder of this training only, for its images, unfinished LoRA and samples
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
   * Creates a trainer; invalid settings are reported here.
   *
   * @param resume whether to resume from the contents of the folder
   * @throws IllegalArgumentException if settings are invalid or contradict each other
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

  /** Returns a prompt that shows the trained LoRA. */
  String tryPrompt(String lora) {
    String text = withTrigger(trigger, sample.map(PromptSpec::prompt).orElse(""));
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
