package dev.sdlora.demo;

import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Sentences about scenes, in several orders of words. */
public final class Captions {
  /** The word that the LoRA of the crescent is asked for by; it means nothing to the base model. */
  public static final String TRIGGER = "zorp";

  private Captions() {}

  /** A sentence that calls each shape by its own word. */
  public static String of(Scene scene, RandomGenerator random) {
    return of(scene, Shape::word, random);
  }

  /** A sentence that calls each shape by the given word. */
  public static String of(Scene scene, Function<Shape, String> words, RandomGenerator random) {
    List<String> orders = scene.isPair() ? ofTwo(scene, words) : ofOne(scene, words);
    return orders.get(random.nextInt(orders.size()));
  }

  /** The words for shapes in captions of the new concept: the trigger word for the crescent. */
  public static String withTrigger(Shape shape) {
    return shape == Shape.CRESCENT ? TRIGGER : shape.word();
  }

  private static List<String> ofOne(Scene scene, Function<Shape, String> words) {
    String size = scene.first().size().word();
    String thing = (size + " " + named(scene.first(), words)).strip();
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

  private static List<String> ofTwo(Scene scene, Function<Shape, String> words) {
    String first = named(scene.first(), words);
    String rest = named(scene.things().get(1), words);
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
      case CENTRE -> throw new IllegalArgumentException("two things are never in the centre");
    };
  }

  private static String named(Thing thing, Function<Shape, String> words) {
    return thing.colour().word() + " " + words.apply(thing.shape());
  }

  private static String ground(Scene scene) {
    return scene.ground().word() + " background";
  }

  private static String a(String phrase) {
    return ("aeiou".indexOf(phrase.charAt(0)) >= 0 ? "an " : "a ") + phrase;
  }
}
