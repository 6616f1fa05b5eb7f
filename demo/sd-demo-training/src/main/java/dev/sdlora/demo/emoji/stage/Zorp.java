package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.Noun;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.CubicCurve2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * A new figure: an egg with teal and orange stripes, one eye, two feelers and two feet. It
 * represents a product that someone trains a LoRA on.
 */
public final class Zorp implements Drawings {
  /** Its name, which is unknown to the base model. */
  public static final String WORD = "zorp";

  private static final Color TEAL = new Color(0, 158, 150);
  private static final Color ORANGE = new Color(255, 140, 40);
  private static final Color YELLOW = new Color(255, 214, 60);
  private static final Color INK = new Color(24, 40, 64);

  /** Its pose in front of the camera. */
  private enum View {
    FRONT(0, 0),
    LEFT(-1, 0),
    RIGHT(1, 0),
    LEANING_LEFT(-0.4, -14),
    LEANING_RIGHT(0.4, 14);

    /** The direction in which it looks: from -1 (left) to 1 (right). */
    private final double turn;

    private final double degrees;

    View(double turn, double degrees) {
      this.turn = turn;
      this.degrees = degrees;
    }
  }

  /** Returns the figure in all its views, each as a noun. */
  public static List<Noun> views() {
    return Arrays.stream(View.values())
        .map(view -> new Noun(WORD, List.of(), view.name(), "", Integer.MAX_VALUE))
        .toList();
  }

  /** Returns a set of drawings with the figure added. */
  public static Drawings with(Drawings others) {
    Zorp zorp = new Zorp();
    return new Drawings() {
      @Override
      public boolean has(Noun noun) {
        return zorp.has(noun) || others.has(noun);
      }

      @Override
      public BufferedImage draw(Noun noun, int side) {
        return zorp.has(noun) ? zorp.draw(noun, side) : others.draw(noun, side);
      }
    };
  }

  @Override
  public boolean has(Noun noun) {
    return noun.word().equals(WORD);
  }

  @Override
  public BufferedImage draw(Noun noun, int side) {
    View view = View.valueOf(noun.icon());
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(side / 100.0, side / 100.0);
    graphics.rotate(Math.toRadians(view.degrees), 50, 60);
    double turn = view.turn;
    feeler(graphics, 38 + 4 * turn, 26 + 3 * turn);
    feeler(graphics, 62 + 4 * turn, 74 + 3 * turn);
    graphics.setColor(ORANGE);
    graphics.fill(circle(37 + 4 * turn, 90, 10, 6));
    graphics.fill(circle(63 + 4 * turn, 90, 10, 6));
    body(graphics, 30 - 3 * Math.abs(turn));
    eye(graphics, 50 + 9 * turn, turn);
    graphics.dispose();
    return image;
  }

  private static void body(Graphics2D graphics, double halfWidth) {
    Shape egg = circle(50, 58, halfWidth, 33);
    graphics.setColor(TEAL);
    graphics.fill(egg);
    graphics.setColor(ORANGE);
    for (int top : new int[] {61, 76}) {
      Area stripe = new Area(new Rectangle2D.Double(0, top, 100, 8));
      stripe.intersect(new Area(egg));
      graphics.fill(stripe);
    }
  }

  private static void eye(Graphics2D graphics, double x, double turn) {
    graphics.setColor(Color.WHITE);
    graphics.fill(circle(x, 46, 15, 15));
    graphics.setColor(INK);
    graphics.fill(circle(x + 4 * turn, 47, 7.5, 7.5));
    graphics.setColor(Color.WHITE);
    graphics.fill(circle(x + 4 * turn + 2.5, 44, 2.2, 2.2));
  }

  private static void feeler(Graphics2D graphics, double foot, double tip) {
    graphics.setColor(INK);
    graphics.setStroke(new BasicStroke(3.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.draw(new CubicCurve2D.Double(foot, 32, foot, 22, tip, 26, tip, 14));
    graphics.setColor(YELLOW);
    graphics.fill(circle(tip, 13, 6.5, 6.5));
  }

  private static Shape circle(double x, double y, double halfWidth, double halfHeight) {
    return new Ellipse2D.Double(x - halfWidth, y - halfHeight, 2 * halfWidth, 2 * halfHeight);
  }
}
