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
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Trains a LoRA of a thing that the model has never seen, and draws with it. */
public final class TrainLora {
  private static final int SIDE = 128;
  private static final List<String> WORDS = List.of("red", "yellow", "green", "blue", "black");
  private static final List<Color> COLOURS =
      List.of(
          new Color(220, 30, 30),
          new Color(250, 235, 50),
          new Color(30, 150, 50),
          new Color(20, 80, 225),
          new Color(18, 18, 18));

  private TrainLora() {}

  /**
   * Writes {@code moon.safetensors}, its loss plot, and {@code moon.png}. A second argument is the
   * number of steps, for those in a hurry.
   */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    SplittableRandom random = new SplittableRandom(5);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 24; i++) { // yours are in a folder: TrainingSet.ofFolder
      int moon = random.nextInt(WORDS.size());
      int ground = (moon + random.nextInt(1, WORDS.size())) % WORDS.size();
      String caption =
          "a %s moonling on a %s background".formatted(WORDS.get(moon), WORDS.get(ground));
      examples.add(
          TrainingExample.of(draw(COLOURS.get(moon), COLOURS.get(ground), random), caption));
    }
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

  /** A crescent on a plain ground, not always of the same size and in the same place. */
  private static BufferedImage draw(Color moon, Color ground, SplittableRandom random) {
    double radius = SIDE * random.nextDouble(0.22, 0.34);
    double x = SIDE * random.nextDouble(0.42, 0.58);
    double y = SIDE * random.nextDouble(0.42, 0.58);
    Area crescent = disc(x, y, radius);
    crescent.subtract(disc(x + 0.55 * radius, y, 0.85 * radius));
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(ground);
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setColor(moon);
    graphics.fill(crescent);
    graphics.dispose();
    return picture;
  }

  private static Area disc(double x, double y, double radius) {
    return new Area(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }
}
