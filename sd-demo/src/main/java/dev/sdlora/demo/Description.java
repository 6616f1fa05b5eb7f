package dev.sdlora.demo;

import java.util.ArrayList;
import java.util.List;

/** What a caption says, as numbers that are 1 where something holds and 0 elsewhere. */
final class Description {
  private static final int SHAPES = Shape.base().size();
  private static final int COLOURS = Colour.values().length;
  private static final int THING = SHAPES + COLOURS;
  private static final int SIZES = Size.values().length;
  private static final int PLACES = Place.values().length;

  /** Two things, the size and place of a single one, the direction of a pair, and the ground. */
  static final int NUMBERS = 2 * THING + SIZES + PLACES + 2 + COLOURS;

  private Description() {}

  /** Describes a scene; of two things, the left or upper one comes first, as in the picture. */
  static float[] of(Scene scene) {
    float[] numbers = new float[NUMBERS];
    List<Thing> things = new ArrayList<>(scene.things());
    Place place = scene.first().place();
    boolean leftOrUpper = place == Place.LEFT || place == Place.TOP;
    if (scene.isPair() && !leftOrUpper) {
      things.add(things.remove(0));
    }
    for (int i = 0; i < things.size(); i++) {
      numbers[i * THING + Shape.base().indexOf(things.get(i).shape())] = 1;
      numbers[i * THING + SHAPES + index(Colour.values(), things.get(i).colour())] = 1;
    }
    int from = 2 * THING;
    if (scene.isPair()) {
      numbers[from + SIZES + PLACES + (place.across() != 0 ? 0 : 1)] = 1;
    } else {
      numbers[from + index(Size.values(), scene.first().size())] = 1;
      numbers[from + SIZES + index(Place.values(), place)] = 1;
    }
    numbers[NUMBERS - COLOURS + index(Colour.values(), scene.ground())] = 1;
    return numbers;
  }

  private static <T> int index(T[] all, T one) {
    return List.of(all).indexOf(one);
  }
}
