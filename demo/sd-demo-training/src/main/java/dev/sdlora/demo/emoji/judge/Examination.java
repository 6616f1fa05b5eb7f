package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.emoji.judge.Asked.About;
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
  Scores of(Artist artist, List<Asked> questions, Set<Integer> common) {
    Scores scores = new Scores(common, classifier);
    for (Asked asked : questions) {
      BufferedImage image = artist.draw(asked);
      Seen seen = judge.judge(image, asked.scene());
      int inRow = asked.about() == About.ROW ? judge.inRow(image, asked.scene()) : 0;
      Marks marks = Marks.of(asked, seen, inRow, classifier);
      scores.add(asked, marks);
      sheet.add(image, asked.prompt(), marks.isRight() ? "" : said(asked, seen, inRow));
    }
    return scores;
  }

  /** Returns a sheet of the images, with wrong ones marked. */
  LabelledImages sheet() {
    return sheet;
  }

  private String said(Asked asked, Seen seen, int inRow) {
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
    return (asked.about() == About.ROW ? inRow + " of them" : things)
        + " on "
        + seen.ground().word();
  }
}
