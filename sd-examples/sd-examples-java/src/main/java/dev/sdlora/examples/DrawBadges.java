package dev.sdlora.examples;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Draws twelve pictures of a badge, with captions, to train a LoRA on; see docs/badge.md. */
public final class DrawBadges {
  private static final Color BLUE = new Color(20, 80, 225);
  private static final Color YELLOW = new Color(250, 235, 50);

  /** Colours that the bundled model knows. */
  private static final List<Ground> GROUNDS =
      List.of(
          new Ground("red", new Color(220, 30, 30)),
          new Ground("orange", new Color(250, 150, 10)),
          new Ground("yellow", YELLOW),
          new Ground("green", new Color(30, 150, 50)),
          new Ground("cyan", new Color(20, 200, 220)),
          new Ground("blue", BLUE),
          new Ground("purple", new Color(130, 25, 140)),
          new Ground("pink", new Color(250, 130, 190)),
          new Ground("white", new Color(250, 250, 250)),
          new Ground("black", new Color(18, 18, 18)));

  private record Ground(String word, Color paint) {}

  private DrawBadges() {}

  /** Writes {@code badge-01.png}, {@code badge-01.txt} and so on. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : ""));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 12; i++) {
      Ground ground = GROUNDS.get(i % GROUNDS.size());
      double radius = 28 + 14 * random.nextDouble();
      double x = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      double y = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      String name = "badge-" + (i < 9 ? "0" : "") + (i + 1);
      BufferedImage image = draw(ground.paint(), x, y, radius);
      ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
      Files.writeString(
          folder.resolve(name + ".txt"), "a badge on a " + ground.word() + " background");
    }
  }

  /** A yellow star on a blue disc with a white rim. */
  private static BufferedImage draw(Color ground, double x, double y, double radius) {
    BufferedImage picture = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    fill(g, ground, new Ellipse2D.Double(-128, -128, 512, 512));
    fill(g, Color.WHITE, disc(x, y, radius));
    fill(g, BLUE, disc(x, y, 0.82 * radius));
    Polygon star = new Polygon();
    for (int i = 0; i < 10; i++) {
      double angle = Math.PI * (i / 5.0 - 0.5);
      double arm = (i % 2 == 0 ? 0.72 : 0.32) * radius;
      star.addPoint((int) (x + arm * Math.cos(angle)), (int) (y + arm * Math.sin(angle)));
    }
    fill(g, YELLOW, star);
    g.dispose();
    return picture;
  }

  private static Shape disc(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  private static void fill(Graphics2D g, Color color, Shape shape) {
    g.setColor(color);
    g.fill(shape);
  }
}
