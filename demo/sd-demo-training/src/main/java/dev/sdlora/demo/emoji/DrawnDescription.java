package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Scene;
import dev.sdlora.demo.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a caption as numbers: the first components of each thing's appearance, followed by
 * flags of 0 or 1. Of two things, the left or upper one comes first, as in the image.
 */
public final class DrawnDescription {
  private static final int APPEARANCE = 32;
  private static final int COLOURS = Colour.values().length;
  private static final int THING = APPEARANCE + COLOURS;
  private static final int COUNTS = 3;
  private static final int SIZES = Size.values().length;
  private static final int PLACES = Place.values().length;
  private static final int PATTERNS = Pattern.values().length;

  /**
   * Two things, count, size, place, direction of a pair, ground, pattern, and whether the ground is
   * given.
   */
  public static final int NUMBERS =
      2 * THING + COUNTS + SIZES + PLACES + 2 + COLOURS + PATTERNS + 1;

  private final float[] numbers = new float[NUMBERS];
  private final Appearances appearances;

  private DrawnDescription(Appearances appearances) {
    this.appearances = appearances;
  }

  static float[] of(DrawnScene scene, Appearances appearances) {
    DrawnDescription description = new DrawnDescription(appearances);
    List<DrawnThing> things = scene.things();
    boolean turned = scene.isPair() && isLater(scene.place());
    for (int i = 0; i < things.size(); i++) {
      DrawnThing thing = things.get(turned ? 1 - i : i);
      description.thing(i, thing.noun(), thing.colour());
    }
    description.arranged(scene.isPair(), scene.count(), scene.size(), scene.place());
    description.ground(scene.ground(), scene.pattern(), scene.groundMentioned());
    return description.numbers;
  }

  static float[] of(Scene scene, Appearances appearances) {
    DrawnDescription description = new DrawnDescription(appearances);
    boolean turned = scene.isPair() && isLater(scene.first().place());
    for (int i = 0; i < scene.things().size(); i++) {
      var thing = scene.things().get(turned ? 1 - i : i);
      description.thing(i, thing.shape(), thing.colour());
    }
    description.arranged(scene.isPair(), 1, scene.first().size(), scene.first().place());
    description.ground(scene.ground(), Pattern.PLAIN, true);
    return description.numbers;
  }

  private static boolean isLater(Place place) {
    return place == Place.RIGHT || place == Place.BOTTOM;
  }

  private void thing(int index, Object nounOrShape, @Nullable Colour colour) {
    System.arraycopy(appearances.of(nounOrShape), 0, numbers, index * THING, APPEARANCE);
    if (colour != null) {
      numbers[index * THING + APPEARANCE + index(Colour.values(), colour)] = 1;
    }
  }

  private void arranged(boolean pair, int count, Size size, Place place) {
    int from = 2 * THING;
    if (pair) {
      numbers[from + COUNTS + SIZES + PLACES + (place.across() != 0 ? 0 : 1)] = 1;
      return;
    }
    numbers[from + count - 1] = 1;
    if (count == 1) {
      numbers[from + COUNTS + index(Size.values(), size)] = 1;
      numbers[from + COUNTS + SIZES + index(Place.values(), place)] = 1;
    }
  }

  private void ground(Colour colour, Pattern pattern, boolean described) {
    int from = NUMBERS - 1 - PATTERNS - COLOURS;
    numbers[from + index(Colour.values(), colour)] = 1;
    numbers[from + COLOURS + index(Pattern.values(), pattern)] = 1;
    numbers[NUMBERS - 1] = described ? 1 : 0;
  }

  private static <T> int index(T[] all, T one) {
    return List.of(all).indexOf(one);
  }
}
