package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.DrawnCaptions;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Pattern;
import dev.sdlora.demo.emoji.judge.Question.About;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Test prompts with combinations of noun, colour and ground that training never showed, the same
 * each time: 100 of one thing among the most common nouns, 100 among all nouns, 60 of a thing in a
 * colour, 40 of two things, and 20 of two or three things of the same noun. Smaller sets use the
 * first of each group.
 */
final class Questions {
  private static final long SEED = 2026;
  private static final int SINGLE = 100;
  private static final int TINTED = 60;
  private static final int PAIRS = 40;
  private static final int ROWS = 20;
  private static final double SHARE_PATTERNED = 0.12;
  private static final List<Pattern> PATTERNS =
      List.of(Pattern.STRIPED, Pattern.DOTTED, Pattern.CHECKERED);
  private static final List<Place> SIDES =
      List.of(Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM);

  private final List<Noun> all;
  private final List<Noun> common;
  private final DrawnSceneSource scenes;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Question> questions = new ArrayList<>();

  Questions(List<Noun> all, List<Noun> common, DrawnSceneSource scenes) {
    this.all = all;
    this.common = common;
    this.scenes = scenes;
  }

  /** Returns all questions, or the given fraction of each group. */
  List<Question> all(double share) {
    add(About.COMMON, common, share * SINGLE);
    add(About.ANY, all, share * SINGLE);
    add(About.TINTED, common, share * TINTED / 2);
    add(About.TINTED, all, share * TINTED / 2);
    add(About.PAIR, common, share * PAIRS);
    add(About.ROW, common, share * ROWS);
    return List.copyOf(questions);
  }

  private void add(About about, List<Noun> nouns, double count) {
    List<Noun> shuffled = new ArrayList<>(nouns);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      shuffled.set(i, shuffled.set(random.nextInt(i + 1), shuffled.get(i)));
    }
    int wanted = (int) Math.round(count);
    for (int i = 0; i < shuffled.size() && wanted > 0; i++) {
      Optional<DrawnScene> scene = heldOut(about, shuffled.get(i), nouns);
      if (scene.isPresent()) {
        String prompt = new DrawnCaptions(random.split()).plain(scene.get()).text();
        questions.add(new Question(about, scene.get(), prompt, SEED + questions.size()));
        wanted--;
      }
    }
  }

  /** Returns a scene of a noun that is held out, if there is one on a clear ground. */
  private Optional<DrawnScene> heldOut(About about, Noun noun, List<Noun> nouns) {
    if (about != About.TINTED) {
      return heldOut(about, new DrawnThing(noun, null), nouns);
    }
    return shuffledColours().stream()
        .flatMap(tint -> heldOut(about, new DrawnThing(noun, tint), nouns).stream())
        .findFirst();
  }

  private Optional<DrawnScene> heldOut(About about, DrawnThing thing, List<Noun> nouns) {
    for (Colour ground : shuffledColours()) {
      DrawnScene scene = scene(about, thing, ground, null);
      if (scenes.isClear(thing, ground) && DrawnSceneSource.isHeldOut(thing, scene)) {
        return Optional.of(
            about == About.PAIR ? scene(about, thing, ground, other(thing, ground, nouns)) : scene);
      }
    }
    return Optional.empty();
  }

  private DrawnThing other(DrawnThing first, Colour ground, List<Noun> nouns) {
    DrawnThing other = first;
    while (other.equals(first) || !scenes.isClear(other, ground)) {
      other = new DrawnThing(nouns.get(random.nextInt(nouns.size())), null);
    }
    return other;
  }

  private DrawnScene scene(
      About about, DrawnThing thing, Colour ground, @Nullable DrawnThing second) {
    Pattern pattern =
        random.nextDouble() < SHARE_PATTERNED
            ? PATTERNS.get(random.nextInt(PATTERNS.size()))
            : Pattern.PLAIN;
    double kind = random.nextDouble();
    boolean single = about != About.PAIR && about != About.ROW;
    Size size = !single || kind < 0.7 ? Size.MEDIUM : kind < 0.85 ? Size.SMALL : Size.LARGE;
    Place place = second == null ? Place.CENTRE : SIDES.get(random.nextInt(SIDES.size()));
    int count = about == About.ROW ? 2 + random.nextInt(2) : 1;
    List<DrawnThing> things = second == null ? List.of(thing) : List.of(thing, second);
    return new DrawnScene(things, count, size, place, ground, pattern, true, random.nextLong());
  }

  private List<Colour> shuffledColours() {
    List<Colour> colours = new ArrayList<>(Arrays.asList(Colour.values()));
    for (int i = colours.size() - 1; i > 0; i--) {
      colours.set(i, colours.set(random.nextInt(i + 1), colours.get(i)));
    }
    return colours;
  }
}
