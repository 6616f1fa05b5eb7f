package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.Captions;
import dev.sdlora.demo.Scene;
import dev.sdlora.demo.SceneSource;
import dev.sdlora.demo.Shape;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainedModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Trains a LoRA on a folder of pictures with captions beside them, and draws with it. */
public final class TrainLora {
  private TrainLora() {}

  /** Writes {@code pictures/}, {@code moon.safetensors}, its loss plot, and {@code moon.png}. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    SceneSource scenes = new SceneSource(5);
    for (int i = 0; i < 24; i++) { // you have pictures of your own
      Scene scene = scenes.concept(Shape.CRESCENT);
      String caption = Captions.of(scene, shape -> "moonling", new SplittableRandom(i));
      ImageIO.write(scene.draw(128), "png", pictures.resolve(i + ".png").toFile());
      Files.writeString(pictures.resolve(i + ".txt"), caption);
    }
    LoraTrainer.builder()
        .checkpoint(DemoModel.checkpoint())
        .pictures(pictures)
        .triggerWord("moonling")
        .output(folder.resolve("moon.safetensors"))
        .rank(4)
        .modules(TrainedModules.CONVOLUTIONS)
        .steps(80)
        .batchSize(4)
        .learningRate(3e-3)
        .lossPlot(folder.resolve("moon-loss.png"))
        .build()
        .train();
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(checkpoint).loraDirectory(folder).build()) {
      String prompt = "a green moonling on a pink background <lora:moon>";
      PromptSpec spec = PromptSpec.builder().prompt(prompt).cfgScale(4).seed(1).build();
      pipeline.generate(spec).first().save(folder.resolve("moon.png"));
    }
  }
}
