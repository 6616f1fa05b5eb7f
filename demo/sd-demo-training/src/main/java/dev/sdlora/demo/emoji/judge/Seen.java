package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import java.util.List;
import java.util.Optional;

/**
 * What an image shows.
 *
 * @param ground the colour of its ground
 * @param things what is where the prompt asks for things, in the prompt's order
 */
record Seen(Colour ground, List<Thing> things) {
  /** Copies the list. */
  Seen {
    things = List.copyOf(things);
  }

  /**
   * What is in a part of an image.
   *
   * @param kinds the most probable kinds, none if there is only ground
   * @param colour that most of it has, if there is anything
   */
  record Thing(List<Integer> kinds, Optional<Colour> colour) {
    static final Thing NONE = new Thing(List.of(), Optional.empty());

    /** Copies the list. */
    Thing {
      kinds = List.copyOf(kinds);
    }
  }
}
