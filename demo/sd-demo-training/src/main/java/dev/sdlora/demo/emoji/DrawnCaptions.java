package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Captions of scenes of drawings, in several word orders and with synonyms. */
public final class DrawnCaptions {
  private static final double SHARE_OF_SYNONYMS = 0.35;
  private static final double SHARE_OF_FILLERS = 0.12;

  /**
   * Words that people add to prompts and that the model should ignore. They describe no scene, so
   * they all share the embedding of unknown words.
   */
  private static final List<String> BEFORE =
      List.of("cute ", "beautiful ", "realistic photo of ", "digital painting of ", "lovely ");

  private static final List<String> AFTER =
      List.of(
          ", masterpiece",
          ", best quality",
          ", highly detailed, 4k",
          ", sharp focus",
          ", masterpiece, best quality, ultra detailed");

  private final SplittableRandom random;

  /** Chooses words with a generator. */
  public DrawnCaptions(SplittableRandom random) {
    this.random = random;
  }

  /**
   * A caption.
   *
   * @param text the whole text
   * @param nouns the nouns that it uses for the things of its scene, in the order of the scene
   */
  public record Caption(String text, List<String> nouns) {
    /** Copies the list. */
    public Caption {
      nouns = List.copyOf(nouns);
    }
  }

  /** Returns a caption as people write them, sometimes with filler words. */
  public Caption withFillers(DrawnScene scene) {
    Caption plain = plain(scene);
    if (random.nextDouble() >= SHARE_OF_FILLERS) {
      return plain;
    }
    String text =
        random.nextBoolean()
            ? BEFORE.get(random.nextInt(BEFORE.size())) + plain.text()
            : plain.text() + AFTER.get(random.nextInt(AFTER.size()));
    return new Caption(text, plain.nouns());
  }

  /** Returns a caption of known words only. */
  public Caption plain(DrawnScene scene) {
    List<String> nouns = new ArrayList<>();
    for (DrawnThing thing : scene.things()) {
      String noun = noun(thing.noun());
      nouns.add(scene.count() > 1 ? Plurals.of(noun) : noun);
    }
    return new Caption(oneOf(scene.isPair() ? pair(scene, nouns) : one(scene, nouns)), nouns);
  }

  private String noun(Noun noun) {
    boolean synonym = !noun.synonyms().isEmpty() && random.nextDouble() < SHARE_OF_SYNONYMS;
    return synonym ? oneOf(noun.synonyms()) : noun.word();
  }

  private List<String> one(DrawnScene scene, List<String> nouns) {
    String things = named(scene.first(), nouns.get(0));
    String size = scene.size().word();
    String bare =
        switch (scene.count()) {
          case 2 -> "two " + things;
          case 3 -> "three " + things;
          default -> (size + " " + things).strip();
        };
    String some = scene.count() > 1 || Plurals.isPlural(nouns.get(0)) ? bare : a(bare);
    String place = scene.place().phrase();
    if (!place.isEmpty()) {
      return onGround(scene, some + " " + place, bare + " " + place, " of ");
    }
    return onGround(scene, some, bare, " on ");
  }

  private List<String> pair(DrawnScene scene, List<String> nouns) {
    String first = named(scene.things().get(0), nouns.get(0));
    String other = named(scene.things().get(1), nouns.get(1));
    String second = Plurals.isPlural(nouns.get(1)) ? other : a(other);
    String bare = first + " " + oneOf(relations(scene.place())) + " " + second;
    return onGround(scene, Plurals.isPlural(nouns.get(0)) ? bare : a(bare), bare, " on ");
  }

  private List<String> onGround(DrawnScene scene, String some, String bare, String on) {
    if (!scene.groundMentioned()) {
      return List.of(some, some, bare);
    }
    String ground = ground(scene);
    return List.of(
        some + on + a(ground),
        some + on + a(ground),
        some + ", " + ground,
        bare + ", " + ground,
        ground + ", " + some,
        a(ground) + " with " + some);
  }

  private static List<String> relations(Place first) {
    return switch (first) {
      case LEFT -> List.of("left of", "to the left of", "next to", "beside", "and");
      case RIGHT -> List.of("right of", "to the right of");
      case TOP -> List.of("above", "over", "on top of");
      case BOTTOM -> List.of("below", "under");
      case CENTRE -> throw new IllegalArgumentException("two things cannot be in the centre");
    };
  }

  private String ground(DrawnScene scene) {
    String colour = scene.ground().word();
    String pattern = scene.pattern().word();
    if (pattern.isEmpty()) {
      return colour + " background";
    }
    return oneOf(List.of(colour + " " + pattern, pattern + " " + colour)) + " background";
  }

  private static String named(DrawnThing thing, String noun) {
    return thing.colour() == null ? noun : thing.colour().word() + " " + noun;
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String a(String phrase) {
    return ("aeiou".indexOf(phrase.charAt(0)) >= 0 ? "an " : "a ") + phrase;
  }
}
