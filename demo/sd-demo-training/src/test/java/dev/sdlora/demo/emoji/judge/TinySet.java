package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.Noun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Eight nouns with simple drawings, so that tests need no package of the network. */
final class TinySet {
  static final List<Noun> NOUNS =
      Stream.of("sun", "house", "fish", "tree", "flag", "mug", "ball", "cat")
          .map(TinySet::noun)
          .toList();

  /** Drawn like the cat but for a trifle. */
  static final Noun PUSSYCAT = noun("pussycat");

  private TinySet() {}

  private static Noun noun(String word) {
    return new Noun(word, List.of(), word, "0", 1);
  }

  static Drawings drawings() {
    try (InputStream icons =
        Objects.requireNonNull(TinySet.class.getResourceAsStream("icons.json"))) {
      return Drawings.of(icons.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DrawnSceneSource scenes() {
    return DrawnSceneSource.of(NOUNS, NOUNS, drawings(), new SplittableRandom(1));
  }

  static List<Question> questions() {
    return new Questions(NOUNS, NOUNS, scenes()).all(1);
  }
}
