package dev.sdlora.demo;

import java.util.List;
import java.util.SplittableRandom;

/** An endless sequence of random scenes, the same for the same seed. */
public final class SceneSource {
  private static final double SHARE_OF_PAIRS = 0.35;
  private static final double MOST_DETAIL = 0.3;
  private static final int HELD_OUT_ONE_IN = 5;

  private final SplittableRandom random;

  /** Creates the sequence of a seed. */
  public SceneSource(long seed) {
    this(new SplittableRandom(seed));
  }

  /** Creates a sequence from a generator. */
  public SceneSource(SplittableRandom random) {
    this.random = random;
  }

  /**
   * Returns a scene for the base model to learn from: in the plain style, without held-out things.
   */
  public Scene training() {
    // Decided once: two things are held out more often than one, so pairs would become rarer.
    boolean pair = isPair();
    while (true) {
      Scene scene = any(pair);
      if (scene.things().stream().noneMatch(thing -> isHeldOut(thing, scene.ground()))) {
        return scene;
      }
    }
  }

  /** Returns a scene whose first thing is a combination that training never shows. */
  public Scene heldOut() {
    boolean pair = isPair();
    while (true) {
      Scene scene = any(pair);
      if (isHeldOut(scene.first(), scene.ground())) {
        return scene;
      }
    }
  }

  /** Returns a plain scene of one thing of a shape, for a concept that training never shows. */
  public Scene concept(Shape shape) {
    Colour ground = oneOf(Colour.values());
    return scene(List.of(single(shape, ground)), ground);
  }

  /** Whether training omits this shape in this colour on this ground; about a fifth are omitted. */
  public static boolean isHeldOut(Thing thing, Colour ground) {
    String name = thing.shape().word() + "/" + thing.colour().word() + "/" + ground.word();
    return isOneIn(HELD_OUT_ONE_IN, name);
  }

  /** Whether a name belongs to a fixed fraction of all names. */
  public static boolean isOneIn(int number, String name) {
    return Long.remainderUnsigned(mix(name), number) == 0;
  }

  private boolean isPair() {
    return random.nextDouble() < SHARE_OF_PAIRS;
  }

  private Scene any(boolean pair) {
    Colour ground = oneOf(Colour.values());
    return scene(pair ? pair(ground) : List.of(single(baseShape(), ground)), ground);
  }

  private Scene scene(List<Thing> things, Colour ground) {
    double detail = MOST_DETAIL * random.nextDouble();
    return new Scene(things, ground, detail, SceneStyle.PLAIN, random.nextLong());
  }

  private Thing single(Shape shape, Colour ground) {
    double size = random.nextDouble();
    Size chosen = size < 0.25 ? Size.SMALL : size < 0.75 ? Size.MEDIUM : Size.LARGE;
    Place place = random.nextDouble() < 0.4 ? Place.CENTRE : besideCentre();
    return new Thing(shape, colourOtherThan(ground), chosen, place);
  }

  private List<Thing> pair(Colour ground) {
    Place place = besideCentre();
    Thing first = new Thing(baseShape(), colourOtherThan(ground), Size.SMALL, place);
    while (true) {
      Thing second = new Thing(baseShape(), colourOtherThan(ground), Size.SMALL, place.opposite());
      // The order in the caption would be ambiguous for two equal things.
      if (second.shape() != first.shape() || second.colour() != first.colour()) {
        return List.of(first, second);
      }
    }
  }

  private Shape baseShape() {
    return Shape.base().get(random.nextInt(Shape.base().size()));
  }

  private Place besideCentre() {
    return oneOf(new Place[] {Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM});
  }

  private Colour colourOtherThan(Colour ground) {
    while (true) {
      Colour colour = oneOf(Colour.values());
      if (colour != ground) {
        return colour;
      }
    }
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  /**
   * Computes FNV-1a with a finisher, so that the split does not depend on the order of the enums.
   */
  private static long mix(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
