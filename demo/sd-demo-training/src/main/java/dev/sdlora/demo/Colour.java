package dev.sdlora.demo;

import java.awt.Color;
import java.util.Locale;

/** The colours of things and grounds. Any two are at least 43 apart in Lab. */
public enum Colour {
  RED(220, 30, 30),
  ORANGE(250, 150, 10),
  YELLOW(250, 235, 50),
  GREEN(30, 150, 50),
  CYAN(20, 200, 220),
  BLUE(20, 80, 225),
  PURPLE(130, 25, 140),
  PINK(250, 130, 190),
  WHITE(250, 250, 250),
  BLACK(18, 18, 18);

  private final Color paint;

  Colour(int red, int green, int blue) {
    paint = new Color(red, green, blue);
  }

  /** Returns the word for it in captions. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the exact value that scenes are painted with. */
  public Color paint() {
    return paint;
  }
}
