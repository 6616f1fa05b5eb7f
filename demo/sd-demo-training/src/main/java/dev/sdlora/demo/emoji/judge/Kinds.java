package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Shape;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.Noun;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All kinds of things in images, numbered: the nouns, then the base shapes. Not safe for use by
 * several threads.
 */
final class Kinds {
  private final List<Noun> nouns;
  private final Drawings drawings;
  private final Map<Noun, Integer> numbers = new HashMap<>();
  private final Map<Integer, Map<Integer, BufferedImage>> drawn = new HashMap<>(); // by side

  Kinds(List<Noun> nouns, Drawings drawings) {
    this.nouns = List.copyOf(nouns);
    this.drawings = drawings;
    nouns.forEach(noun -> numbers.put(noun, numbers.size()));
  }

  int size() {
    return nouns.size() + Shape.base().size();
  }

  boolean isNoun(int kind) {
    return kind < nouns.size();
  }

  Noun noun(int kind) {
    return nouns.get(kind);
  }

  int of(Noun noun) {
    Integer number = numbers.get(noun);
    if (number == null) {
      throw new IllegalArgumentException("there is no kind " + noun.word());
    }
    return number;
  }

  String word(int kind) {
    return isNoun(kind) ? noun(kind).word() : shape(kind).word() + " (shape)";
  }

  /** Returns the drawing of a noun, or a grey shape; each is drawn once per side. */
  BufferedImage drawing(int kind, int side) {
    return drawn
        .computeIfAbsent(side, any -> new HashMap<>())
        .computeIfAbsent(
            kind, any -> isNoun(kind) ? drawings.draw(noun(kind), side) : filled(kind, side));
  }

  private Shape shape(int kind) {
    return Shape.base().get(kind - nouns.size());
  }

  private BufferedImage filled(int kind, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.GRAY);
    graphics.fill(shape(kind).outline(side / 2.0, side / 2.0, side * 0.42));
    graphics.dispose();
    return image;
  }
}
