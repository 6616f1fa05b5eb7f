package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tests hires fix at twice the side with several strengths, to see whether it duplicates things.
 */
final class HiresTrial {
  private static final List<Double> STRENGTHS = List.of(0.1, 0.2, 0.3, 0.4);

  /**
   * The prompt of the second pass. A named thing would be drawn again in each part of the image
   * that is as large as the training images.
   */
  private static final String PROMPT = "background";

  private final Function<PromptSpec, BufferedImage> artist;
  private final List<Asked> questions;
  private final EmojiJudge judge;

  HiresTrial(
      Function<PromptSpec, BufferedImage> artist,
      List<Asked> questions,
      NounClassifier classifier) {
    this.artist = artist;
    this.questions = questions;
    this.judge = new EmojiJudge(classifier);
  }

  /** Prints a line about the images without hires fix, and one for each strength. */
  void run(Consumer<String> say, LabelledImages sheet) {
    HiresFix.Builder hires = HiresFix.builder().scale(2).upscaler(Upscaler.LANCZOS).prompt(PROMPT);
    say.accept(line("without", hires, false, sheet));
    for (double strength : STRENGTHS) {
      hires.denoisingStrength(strength);
      say.accept(line("strength " + strength, hires, true, sheet));
    }
  }

  private String line(String name, HiresFix.Builder hires, boolean used, LabelledImages sheet) {
    double things = 0;
    int ones = 0;
    int right = 0;
    for (Asked asked : questions) {
      PromptSpec.Builder spec = ModelArtist.spec(asked.prompt(), asked.seed());
      BufferedImage image = artist.apply((used ? spec.hiresFix(hires.build()) : spec).build());
      int apart = EmojiJudge.apart(image, asked.scene());
      things += (double) apart / questions.size();
      ones += apart == 1 ? 1 : 0;
      right += judge.seesNoun(image, asked) ? 1 : 0;
      sheet.add(image, name + ": " + asked.prompt(), apart == 1 ? "" : apart + " things");
    }
    return String.format(
        Locale.ROOT,
        "  %-14s things %.1f on average, one in %d of %d, noun right in %d",
        name,
        things,
        ones,
        questions.size(),
        right);
  }
}
