package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import org.jspecify.annotations.Nullable;

/**
 * One thing in a scene of drawings.
 *
 * @param noun the noun
 * @param colour the tint of the whole drawing, or null for its own colours
 */
public record DrawnThing(Noun noun, @Nullable Colour colour) {
  /** Returns another thing in the same colour. */
  public DrawnThing withNoun(Noun other) {
    return new DrawnThing(other, colour);
  }
}
