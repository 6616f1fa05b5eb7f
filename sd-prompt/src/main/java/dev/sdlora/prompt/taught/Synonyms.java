package dev.sdlora.prompt.taught;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everyday words that mean the same or nearly so, for suggesting a word that a model knows. The
 * words of a line can stand for each other; earlier ones are suggested first.
 */
final class Synonyms {
  private static final String LINES =
      """
      couch and lamp, couch, sofa, settee, loveseat, divan
      water wave, wave, ocean, sea, surf
      pool, lake, pond
      cat, kitty, kitten, tomcat
      dog, doggo, puppy, pup, hound
      rabbit, bunny, hare
      rooster, chicken, hen, cockerel
      baby chick, chick
      horse, pony, mare, stallion, foal
      cow, ox, bull, calf
      pig, hog, piglet, swine
      sheep, ewe, lamb, ram
      rat, mouse, rodent
      bird, songbird, sparrow, robin
      snake, serpent, viper
      dinosaur, sauropod, t-rex, raptor
      woman, lady, female
      man, guy, gentleman, male
      child, kid, girl, boy
      baby, infant, newborn, toddler
      car, automobile, auto, vehicle
      truck, lorry
      airplane, plane, aeroplane, jet, aircraft
      ship, boat, sailboat, yacht, vessel
      train, locomotive, railcar
      bicycle, bike, cycle
      house, home, cottage, cabin, bungalow
      flower, blossom, bloom
      tree, deciduous tree, forest, woods
      rock, stone, boulder
      mountain, hill, peak
      beach, beach with umbrella, shore, seaside, coast
      television, tv, telly
      glasses, eyeglasses, spectacles
      hat, cap, bonnet
      shirt, t-shirt, tee, blouse
      trousers, pants, slacks
      cup, mug, beaker
      phone, telephone, mobile phone, smartphone, cellphone
      computer, laptop, pc
      light bulb, lightbulb, bulb
      donut, doughnut
      cookie, biscuit
      sweet, candy, sweets
      red, crimson, scarlet
      blue, azure, navy, cobalt
      purple, violet, lilac
      pink, magenta, fuchsia
      green, emerald, lime
      yellow, golden, gold
      gray, grey, silver
      large, big, huge, giant, enormous
      small, little, tiny, mini
      """;

  private static final Map<String, List<String>> OF_A_WORD = read();

  private Synonyms() {}

  private static Map<String, List<String>> read() {
    Map<String, List<String>> byWord = new HashMap<>();
    LINES
        .lines()
        .map(line -> List.of(line.split(", ")))
        .forEach(words -> words.forEach(word -> byWord.putIfAbsent(word, words)));
    return Map.copyOf(byWord);
  }

  /**
   * Returns the words that mean the same as any of the forms of a word, in the order of preference.
   */
  static Stream<String> of(Stream<String> forms) {
    return forms.flatMap(form -> OF_A_WORD.getOrDefault(form, List.of()).stream());
  }

  /** Returns all words, for tests. */
  static Set<String> all() {
    return OF_A_WORD.keySet();
  }
}
