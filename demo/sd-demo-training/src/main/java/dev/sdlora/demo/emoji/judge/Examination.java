package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.emoji.judge.Question.About;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Lets an artist draw images and judges them. */
final class Examination {
  private final NounClassifier classifier;
  private final EmojiJudge judge;
  private final LabelledImages sheet = new LabelledImages();

  Examination(NounClassifier classifier) {
    this.classifier = classifier;
    this.judge = new EmojiJudge(classifier);
  }

  /**
   * Draws and judges all questions.
   *
   * @param common the kinds of the most common nouns
   */
  Scores of(Artist artist, List<Question> questions, Set<Integer> common) {
    Scores scores = new Scores(common, classifier);
    for (Question question : questions) {
      BufferedImage image = artist.draw(question);
      Seen seen = judge.judge(image, question.scene());
      int inRow = question.about() == About.ROW ? judge.inRow(image, question.scene()) : 0;
      Marks marks = Marks.of(question, seen, inRow, classifier);
      scores.add(question, marks);
      sheet.add(
          image, question.prompt(), marks.isRight() ? "" : description(question, seen, inRow));
    }
    return scores;
  }

  /** Returns a sheet of the images, with wrong ones marked. */
  LabelledImages sheet() {
    return sheet;
  }

  private String description(Question question, Seen seen, int inRow) {
    String things =
        seen.things().stream()
            .map(
                thing ->
                    thing.kinds().isEmpty()
                        ? "nothing"
                        : thing.colour().map(Colour::word).orElse("")
                            + " "
                            + classifier.kinds().word(thing.kinds().get(0)))
            .collect(Collectors.joining(", "));
    return (question.about() == About.ROW ? inRow + " of them" : things)
        + " on "
        + seen.ground().word();
  }
}
