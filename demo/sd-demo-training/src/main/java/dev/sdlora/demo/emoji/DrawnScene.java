package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.util.List;

/**
 * One drawing, several of the same noun in a row, or two at opposite places, on a ground.
 *
 * @param things one or two
 * @param count the number of copies of the only thing, 1 to 3; 1 if there are two things
 * @param size the size of a single thing; medium if there are more
 * @param place the place of the one thing, or of the first of two
 * @param ground the colour of the ground
 * @param pattern the pattern on the ground
 * @param groundMentioned whether captions mention the ground; if not, it is plain white
 * @param seed the seed of small deviations in size and place
 */
public record DrawnScene(
    List<DrawnThing> things,
    int count,
    Size size,
    Place place,
    Colour ground,
    Pattern pattern,
    boolean groundMentioned,
    long seed) {
  /** Rejects scenes that no caption can describe. */
  public DrawnScene {
    things = List.copyOf(things);
    if (things.isEmpty() || things.size() > 2 || count < 1 || count > 3) {
      throw new IllegalArgumentException(things.size() + " things, " + count + " times");
    }
    if (things.size() == 2 && (count != 1 || place == Place.CENTRE)) {
      throw new IllegalArgumentException("two things must be at opposite places, once each");
    }
    if (!groundMentioned && (ground != Colour.WHITE || pattern != Pattern.PLAIN)) {
      throw new IllegalArgumentException(
          "a ground that captions do not mention must be plain white");
    }
  }

  /** Returns the thing that captions name first. */
  public DrawnThing first() {
    return things.get(0);
  }

  /** Whether there are two things. */
  public boolean isPair() {
    return things.size() == 2;
  }

  /** Returns the same scene with other things. */
  public DrawnScene withThings(List<DrawnThing> others) {
    return new DrawnScene(others, count, size, place, ground, pattern, groundMentioned, seed);
  }

  /** Returns the same scene on another ground. */
  public DrawnScene withGround(Colour other) {
    return new DrawnScene(things, count, size, place, other, pattern, true, seed);
  }

  /** Returns the same scene with the things at another place. */
  public DrawnScene withPlace(Place other) {
    return new DrawnScene(things, count, size, other, ground, pattern, groundMentioned, seed);
  }
}
