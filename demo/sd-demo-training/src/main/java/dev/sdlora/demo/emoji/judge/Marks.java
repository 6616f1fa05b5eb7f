package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.judge.Question.About;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The correct parts of one image.
 *
 * @param ground whether the ground has the requested colour
 * @param nouns whether each thing is the requested one, in the prompt's order; empty for a row,
 *     whose count only includes correct things
 * @param amongTop whether the requested kind is among the five most probable ones
 * @param colours whether each thing with a requested colour has it
 * @param count whether a row has the requested number of things; true if none was requested
 */
record Marks(
    boolean ground,
    List<Boolean> nouns,
    List<Boolean> amongTop,
    List<Boolean> colours,
    boolean count) {
  Marks {
    nouns = List.copyOf(nouns);
    amongTop = List.copyOf(amongTop);
    colours = List.copyOf(colours);
  }

  /**
   * Compares an image with its prompt.
   *
   * @param inRow the number of things in the row, if a row was requested
   */
  static Marks of(Question question, Seen seen, int inRow, NounClassifier classifier) {
    Marks marks = of(question, seen.things(), seen.ground(), inRow, classifier);
    if (marks.isRight() || question.about() != About.PAIR || question.namesSides()) {
      return marks;
    }
    List<Seen.Thing> turned = List.of(seen.things().get(1), seen.things().get(0));
    Marks other = of(question, turned, seen.ground(), inRow, classifier);
    return other.rightNouns() > marks.rightNouns() ? other : marks;
  }

  private static Marks of(
      Question question,
      List<Seen.Thing> seen,
      Colour ground,
      int inRow,
      NounClassifier classifier) {
    List<Boolean> nouns = new ArrayList<>();
    List<Boolean> amongTop = new ArrayList<>();
    List<Boolean> colours = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      DrawnThing wanted = question.scene().things().get(i);
      Seen.Thing found = seen.get(i);
      int kind = classifier.alike().of(classifier.kinds().of(wanted.noun()));
      nouns.add(found.kinds().indexOf(kind) == 0);
      amongTop.add(found.kinds().contains(kind));
      Colour colour = wanted.colour();
      if (colour != null) {
        colours.add(found.colour().filter(colour::equals).isPresent());
      }
    }
    boolean count = question.about() != About.ROW || inRow == question.scene().count();
    return new Marks(ground == question.scene().ground(), nouns, amongTop, colours, count);
  }

  private long rightNouns() {
    return nouns.stream().filter(right -> right).count();
  }

  /** Whether everything is correct. */
  boolean isRight() {
    return ground
        && count
        && Stream.concat(nouns.stream(), colours.stream()).allMatch(right -> right);
  }
}
