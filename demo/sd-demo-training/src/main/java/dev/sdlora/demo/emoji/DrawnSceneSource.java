package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.SceneSource;
import dev.sdlora.demo.Size;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An endless sequence of random scenes, the same for the same seed. Common nouns are more frequent
 * than others, and single things of medium size in the middle are the most frequent of all, because
 * people ask for them most.
 */
public final class DrawnSceneSource {
  private static final double SHARE_OF_PAIRS = 0.24;
  private static final double SHARE_OF_ROWS = 0.08;
  private static final double SHARE_OF_COMMON = 0.45;
  private static final double SHARE_OF_COMMON_IN_PAIRS = 0.7;
  private static final double SHARE_TINTED = 0.18;
  private static final double SHARE_GROUND_UNMENTIONED = 0.2;
  private static final double SHARE_PATTERNED = 0.12;
  private static final List<Colour> COLOURS = List.of(Colour.values());
  private static final List<Pattern> PATTERNS =
      List.of(Pattern.STRIPED, Pattern.DOTTED, Pattern.CHECKERED);
  private static final List<Place> BESIDE_CENTRE =
      List.of(Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM);
  private static final int COMMON = 200;
  private static final int HELD_OUT_ONE_IN = 8;

  /** The minimum distance between a drawing's mean colour and the ground; the maximum is 441. */
  private static final double LEAST_CONTRAST = 90;

  private final List<Noun> all;
  private final List<Noun> common;
  private final Map<Noun, int[]> means;
  private final Drawings drawings;
  private final SplittableRandom random;

  private DrawnSceneSource(
      List<Noun> all,
      List<Noun> common,
      Map<Noun, int[]> means,
      Drawings drawings,
      SplittableRandom random) {
    this.all = all;
    this.common = common;
    this.means = means;
    this.drawings = drawings;
    this.random = random;
  }

  /**
   * Creates a sequence of scenes.
   *
   * @param nouns the nouns that they contain
   * @param drawings the drawings whose colours are checked
   */
  public static DrawnSceneSource of(Nouns nouns, Drawings drawings, SplittableRandom random) {
    return of(nouns.all(), nouns.commonest(COMMON), drawings, random);
  }

  /**
   * Creates a sequence of scenes of some nouns.
   *
   * @param common the nouns that are more frequent
   */
  public static DrawnSceneSource of(
      List<Noun> all, List<Noun> common, Drawings drawings, SplittableRandom random) {
    return new DrawnSceneSource(all, common, new HashMap<>(), drawings, random);
  }

  /** Returns another sequence of the same nouns. */
  public DrawnSceneSource with(SplittableRandom other) {
    return new DrawnSceneSource(all, common, means, drawings, other);
  }

  /** Returns the next scene to learn from, without held-out things. */
  public DrawnScene next() {
    while (true) {
      DrawnScene scene = any();
      if (scene.things().stream().noneMatch(thing -> isHeldOut(thing, scene))) {
        return scene;
      }
    }
  }

  /**
   * Whether training omits this noun in this colour on this ground. About an eighth are omitted,
   * but none on a ground that captions do not mention.
   */
  public static boolean isHeldOut(DrawnThing thing, DrawnScene scene) {
    Colour colour = thing.colour();
    String name =
        "%s/%s/%s"
            .formatted(
                thing.noun().word(), colour == null ? "" : colour.word(), scene.ground().word());
    return scene.groundMentioned() && SceneSource.isOneIn(HELD_OUT_ONE_IN, name);
  }

  private DrawnScene any() {
    double kind = random.nextDouble();
    if (kind < SHARE_OF_PAIRS) {
      return pair();
    } else if (kind < SHARE_OF_PAIRS + SHARE_OF_ROWS) {
      return scene(List.of(thing()), 2 + random.nextInt(2), Size.MEDIUM, Place.CENTRE);
    }
    double size = random.nextDouble();
    if (size < 0.16) {
      Place place = random.nextDouble() < 0.3 ? Place.CENTRE : besideCentre();
      return scene(List.of(thing()), 1, Size.SMALL, place);
    }
    return scene(List.of(thing()), 1, size < 0.89 ? Size.MEDIUM : Size.LARGE, Place.CENTRE);
  }

  private DrawnScene pair() {
    DrawnThing first = thing(SHARE_OF_COMMON_IN_PAIRS);
    DrawnThing second = thing(SHARE_OF_COMMON_IN_PAIRS);
    while (second.noun().equals(first.noun())) {
      second = thing(SHARE_OF_COMMON_IN_PAIRS);
    }
    return scene(List.of(first, second), 1, Size.MEDIUM, besideCentre());
  }

  private DrawnScene scene(List<DrawnThing> things, int count, Size size, Place place) {
    long seed = random.nextLong();
    boolean white = things.stream().allMatch(thing -> isClear(thing, Colour.WHITE));
    if (white && random.nextDouble() < SHARE_GROUND_UNMENTIONED) {
      return new DrawnScene(things, count, size, place, Colour.WHITE, Pattern.PLAIN, false, seed);
    }
    Pattern pattern = random.nextDouble() < SHARE_PATTERNED ? oneOf(PATTERNS) : Pattern.PLAIN;
    return new DrawnScene(things, count, size, place, ground(things), pattern, true, seed);
  }

  private Colour ground(List<DrawnThing> things) {
    Colour best = anyColour();
    for (int tries = 0; tries < 20; tries++) {
      Colour ground = best;
      if (things.stream().allMatch(thing -> isClear(thing, ground))) {
        return best;
      }
      best = anyColour();
    }
    return best;
  }

  private DrawnThing thing() {
    return thing(SHARE_OF_COMMON);
  }

  private DrawnThing thing(double shareOfCommon) {
    List<Noun> from = random.nextDouble() < shareOfCommon ? common : all;
    Noun noun = oneOf(from);
    return new DrawnThing(noun, random.nextDouble() < SHARE_TINTED ? anyColour() : null);
  }

  /** Whether a thing is distinguishable from a ground. */
  public boolean isClear(DrawnThing thing, Colour ground) {
    int[] mean = mean(thing);
    int red = mean[0] - ground.paint().getRed();
    int green = mean[1] - ground.paint().getGreen();
    int blue = mean[2] - ground.paint().getBlue();
    return Math.sqrt(red * red + green * green + blue * blue) > LEAST_CONTRAST;
  }

  private int[] mean(DrawnThing thing) {
    @Nullable Colour colour = thing.colour();
    if (colour != null) {
      return new int[] {
        colour.paint().getRed(), colour.paint().getGreen(), colour.paint().getBlue()
      };
    }
    return means.computeIfAbsent(thing.noun(), this::measured);
  }

  private int[] measured(Noun noun) {
    int side = 32;
    int[] pixels = drawings.draw(noun, side).getRGB(0, 0, side, side, null, 0, side);
    int[] visible = Arrays.stream(pixels).filter(pixel -> pixel >>> 24 > 127).toArray();
    int[] mean = new int[3];
    for (int c = 0; c < 3; c++) {
      int shift = 16 - 8 * c;
      mean[c] = (int) Arrays.stream(visible).map(p -> p >> shift & 255).average().orElse(127);
    }
    return mean;
  }

  private Place besideCentre() {
    return oneOf(BESIDE_CENTRE);
  }

  private Colour anyColour() {
    return oneOf(COLOURS);
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
