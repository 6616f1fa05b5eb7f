package dev.sdlora.examples;

import dev.sdlora.training.TrainingExample;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Images of an object that the model has never seen, for {@link TrainLora}. */
final class Crescents {
  private static final int SIDE = 128;
  private static final List<String> WORDS = List.of("red", "yellow", "green", "blue", "black");
  private static final List<Integer> COLOURS =
      List.of(0xdc1e1e, 0xfaeb32, 0x1e9632, 0x1450e1, 0x121212);

  private Crescents() {}

  /** Returns images, the same ones every time, with captions that name their colours. */
  static List<TrainingExample> examples(int count) {
    SplittableRandom random = new SplittableRandom(5);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int moon = random.nextInt(WORDS.size());
      int ground = (moon + random.nextInt(1, WORDS.size())) % WORDS.size();
      String caption =
          "a %s moonling on a %s background".formatted(WORDS.get(moon), WORDS.get(ground));
      BufferedImage image = draw(COLOURS.get(moon), COLOURS.get(ground), random);
      examples.add(TrainingExample.of(image, caption));
    }
    return examples;
  }

  /** Draws a crescent on a plain background; size and position vary. */
  private static BufferedImage draw(int moon, int ground, SplittableRandom random) {
    double radius = SIDE * random.nextDouble(0.22, 0.34);
    double x = SIDE * random.nextDouble(0.42, 0.58);
    double y = SIDE * random.nextDouble(0.42, 0.58);
    Area crescent = disc(x, y, radius);
    crescent.subtract(disc(x + 0.55 * radius, y, 0.85 * radius));
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(new Color(ground));
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setColor(new Color(moon));
    graphics.fill(crescent);
    graphics.dispose();
    return image;
  }

  private static Area disc(double x, double y, double radius) {
    return new Area(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }
}
