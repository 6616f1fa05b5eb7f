package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import java.util.List;
import java.util.Optional;

/**
 * The things that an image shows.
 *
 * @param ground the colour of its ground
 * @param things the things seen at the places of the prompt's things, in the prompt's order
 */
record Seen(Colour ground, List<Thing> things) {
  Seen {
    things = List.copyOf(things);
  }

  /**
   * The thing in a part of an image.
   *
   * @param kinds the most probable kinds; empty if there is only ground
   * @param colour its most common colour, if there is anything
   */
  record Thing(List<Integer> kinds, Optional<Colour> colour) {
    static final Thing NONE = new Thing(List.of(), Optional.empty());

    Thing {
      kinds = List.copyOf(kinds);
    }
  }
}
