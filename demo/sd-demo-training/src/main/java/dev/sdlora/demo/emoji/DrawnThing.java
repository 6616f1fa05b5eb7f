package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import org.jspecify.annotations.Nullable;

/**
 * One thing in a scene of drawings.
 *
 * @param noun what it is
 * @param colour what all of it is tinted with, or null for its own colours
 */
public record DrawnThing(Noun noun, @Nullable Colour colour) {
  /** Another thing in the same colour. */
  public DrawnThing withNoun(Noun other) {
    return new DrawnThing(other, colour);
  }
}
