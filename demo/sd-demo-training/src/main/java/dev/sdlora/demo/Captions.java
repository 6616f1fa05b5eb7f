package dev.sdlora.demo;

import java.util.List;
import java.util.random.RandomGenerator;

/** Captions of scenes, in several word orders. */
public final class Captions {
  private Captions() {}

  /** Returns one of the sentences that describe a scene. */
  public static String of(Scene scene, RandomGenerator random) {
    List<String> orders = scene.isPair() ? ofTwo(scene) : ofOne(scene);
    return orders.get(random.nextInt(orders.size()));
  }

  private static List<String> ofOne(Scene scene) {
    String size = scene.first().size().word();
    String thing = (size + " " + named(scene.first())).strip();
    String place = scene.first().place().phrase();
    String ground = ground(scene);
    if (place.isEmpty()) {
      return List.of(
          a(thing) + " on " + a(ground),
          thing + " on " + a(ground),
          thing + ", " + ground,
          ground + ", " + thing,
          a(ground) + " with " + a(thing));
    }
    return List.of(
        a(thing) + " " + place + " of " + a(ground),
        a(thing) + " " + place + ", " + ground,
        thing + " " + place + ", " + ground,
        ground + ", " + thing + " " + place,
        a(ground) + " with " + a(thing) + " " + place);
  }

  private static List<String> ofTwo(Scene scene) {
    String first = named(scene.first());
    String rest = named(scene.things().get(1));
    String ground = ground(scene);
    return relations(scene.first().place()).stream()
        .map(relation -> first + " " + relation + " " + a(rest))
        .flatMap(
            both ->
                List.of(
                    a(both) + " on " + a(ground),
                    a(both) + ", " + ground,
                    both + ", " + ground,
                    ground + ", " + a(both),
                    a(ground) + " with " + a(both))
                    .stream())
        .toList();
  }

  private static List<String> relations(Place first) {
    return switch (first) {
      case LEFT -> List.of("left of", "to the left of");
      case RIGHT -> List.of("right of", "to the right of");
      case TOP -> List.of("above");
      case BOTTOM -> List.of("below");
      case CENTRE -> throw new IllegalArgumentException("two things cannot be in the centre");
    };
  }

  private static String named(Thing thing) {
    return thing.colour().word() + " " + thing.shape().word();
  }

  private static String ground(Scene scene) {
    return scene.ground().word() + " background";
  }

  private static String a(String phrase) {
    return ("aeiou".indexOf(phrase.charAt(0)) >= 0 ? "an " : "a ") + phrase;
  }
}
