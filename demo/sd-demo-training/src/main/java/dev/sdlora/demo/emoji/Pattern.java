package dev.sdlora.demo.emoji;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;

/** The pattern on a ground, in a lighter or darker shade of its colour. */
public enum Pattern {
  PLAIN("") {
    @Override
    void paint(Graphics2D graphics, int side) {
      // No pattern.
    }
  },
  STRIPED("striped") {
    @Override
    void paint(Graphics2D graphics, int side) {
      for (int x = side / 16; x < side; x += side / 4) {
        graphics.fillRect(x, 0, side / 8, side);
      }
    }
  },
  DOTTED("dotted") {
    @Override
    void paint(Graphics2D graphics, int side) {
      double step = side / 4.0;
      for (double y = step / 2; y < side; y += step) {
        for (double x = step / 2; x < side; x += step) {
          graphics.fill(new Ellipse2D.Double(x - step / 5, y - step / 5, step / 2.5, step / 2.5));
        }
      }
    }
  },
  CHECKERED("checkered") {
    @Override
    void paint(Graphics2D graphics, int side) {
      int square = side / 4;
      for (int i = 0; i < 16; i++) {
        if ((i % 4 + i / 4) % 2 == 0) {
          graphics.fillRect(i % 4 * square, i / 4 * square, square, square);
        }
      }
    }
  };

  private static final double LIGHT = 0.35;
  private static final double SHADE = 0.22;

  private final String word;

  Pattern(String word) {
    this.word = word;
  }

  /** Returns the word for it in captions; empty for none. */
  public String word() {
    return word;
  }

  abstract void paint(Graphics2D graphics, int side);

  /** Fills a square with a colour and the pattern. */
  public void fill(Graphics2D graphics, Color colour, int side) {
    graphics.setColor(colour);
    graphics.fillRect(0, 0, side, side);
    graphics.setColor(shade(colour));
    paint(graphics, side);
  }

  /**
   * Returns the colour of patterns on a ground: lighter than a dark ground, darker than a light
   * one.
   */
  public static Color shade(Color ground) {
    int sum = ground.getRed() + ground.getGreen() + ground.getBlue();
    return sum < 3 * 128 ? mixed(ground, Color.WHITE, LIGHT) : mixed(ground, Color.BLACK, SHADE);
  }

  private static Color mixed(Color from, Color to, double share) {
    return new Color(
        (int) Math.round(from.getRed() + share * (to.getRed() - from.getRed())),
        (int) Math.round(from.getGreen() + share * (to.getGreen() - from.getGreen())),
        (int) Math.round(from.getBlue() + share * (to.getBlue() - from.getBlue())));
  }
}
