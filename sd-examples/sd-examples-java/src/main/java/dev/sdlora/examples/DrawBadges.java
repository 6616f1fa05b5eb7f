package dev.sdlora.examples;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Draws twelve images of a badge with captions as a training set for a LoRA; see docs/badge.md. */
public final class DrawBadges {
  private static final String COLOURS =
      "red #dc1e1e orange #fa960a yellow #faeb32 green #1e9632 cyan #14c8dc"
          + " blue #1450e1 purple #82198c pink #fa82be white #fafafa black #121212";

  private DrawBadges() {}

  /** Writes {@code badge-01.png}, {@code badge-01.txt} and so on. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : ""));
    List<String> colours = List.of(COLOURS.split(" "));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 12; i++) {
      double radius = 28 + 14 * random.nextDouble();
      double x = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      double y = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = image.createGraphics();
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      int ground = 2 * i % colours.size();
      disc(g, colours.get(ground + 1), x, y, 512);
      disc(g, "#ffffff", x, y, radius);
      disc(g, "#1450e1", x, y, 0.82 * radius);
      Polygon star = new Polygon();
      for (int j = 0; j < 10; j++) {
        double arm = (j % 2 == 0 ? 0.72 : 0.32) * radius;
        double angle = Math.PI * (j / 5.0 - 0.5);
        star.addPoint((int) (x + arm * Math.cos(angle)), (int) (y + arm * Math.sin(angle)));
      }
      g.setColor(Color.decode("#faeb32"));
      g.fill(star);
      g.dispose();
      String name = "badge-" + (i < 9 ? "0" : "") + (i + 1);
      ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
      Files.writeString(
          folder.resolve(name + ".txt"), "a badge on a " + colours.get(ground) + " background");
    }
  }

  private static void disc(Graphics2D g, String colour, double x, double y, double radius) {
    g.setColor(Color.decode(colour));
    g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }
}
