package dev.sdlora.demo;

import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.tensors.file.ReplacedFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Draws twelve pictures of a badge, with captions, to train a LoRA on; see docs/badge.md. */
public final class DrawBadges {
  private DrawBadges() {}

  /** Writes {@code badge-01.png}, {@code badge-01.txt} and so on. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : ""));
    List<Colour> grounds = List.of(Colour.values());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 12; i++) {
      Colour ground = grounds.get(i % grounds.size());
      double radius = 28 + 14 * random.nextDouble();
      double x = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      double y = radius + 4 + (120 - 2 * radius) * random.nextDouble();
      String name = "badge-" + (i < 9 ? "0" : "") + (i + 1);
      PngFiles.save(draw(ground.paint(), x, y, radius), folder.resolve(name + ".png"));
      byte[] caption =
          ("a badge on a " + ground.word() + " background").getBytes(StandardCharsets.UTF_8);
      ReplacedFile.write(
          folder.resolve(name + ".txt"), file -> file.write(ByteBuffer.wrap(caption)));
    }
  }

  /** A yellow star on a blue disc with a white rim. */
  private static BufferedImage draw(Color ground, double x, double y, double radius) {
    BufferedImage picture = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    fill(g, ground, new Ellipse2D.Double(-128, -128, 512, 512));
    fill(g, Color.WHITE, disc(x, y, radius));
    fill(g, Colour.BLUE.paint(), disc(x, y, 0.82 * radius));
    Polygon star = new Polygon();
    for (int i = 0; i < 10; i++) {
      double angle = Math.PI * (i / 5.0 - 0.5);
      double arm = (i % 2 == 0 ? 0.72 : 0.32) * radius;
      star.addPoint((int) (x + arm * Math.cos(angle)), (int) (y + arm * Math.sin(angle)));
    }
    fill(g, Colour.YELLOW.paint(), star);
    g.dispose();
    return picture;
  }

  private static java.awt.Shape disc(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  private static void fill(Graphics2D g, Color color, java.awt.Shape shape) {
    g.setColor(color);
    g.fill(shape);
  }
}
