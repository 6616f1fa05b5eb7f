package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.util.List;

/** Trains a LoRA for an object that the model has never seen, and generates images with it. */
public final class TrainLora {
  private TrainLora() {}

  /**
   * Writes {@code moon.safetensors}, its loss plot, and {@code moon.png}. The optional second
   * argument is the number of training steps, for a quick run.
   */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    List<TrainingExample> examples = Crescents.examples(24); // or TrainingSet.ofFolder
    LoraTrainerBuilder trainer =
        LoraTrainer.recommended(DemoModel.checkpoint(), TrainingSet.of(examples))
            .triggerWord("moonling")
            .output(folder.resolve("moon.safetensors"))
            .lossPlot(folder.resolve("moon-loss.png"));
    if (args.length > 1) {
      trainer.steps(Integer.parseInt(args[1]));
    }
    TrainingResult trained = trainer.build().train();
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline pipeline = Pipeline.builder().checkpoint(checkpoint).build()) {
      String prompt = "a green moonling on a pink background";
      LoraAdapter moon = LoraAdapter.open(trained.file());
      PromptSpec spec = PromptSpec.builder().prompt(prompt).lora(moon).cfgScale(4).seed(1).build();
      pipeline.generate(spec).first().save(folder.resolve("moon.png"));
    }
  }
}
