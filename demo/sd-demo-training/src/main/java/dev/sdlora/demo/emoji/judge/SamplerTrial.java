package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.demo.ImageMeasures;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tests all samplers at the default steps, and those with noisy images at more steps. Reports how
 * often the noun is right, and the grain compared with 40 steps of DPM++ 2M Karras.
 */
final class SamplerTrial {
  private static final int DEFAULT_STEPS = 20;
  private static final List<Integer> MORE_STEPS = List.of(25, 30, 40, 60);
  private static final int REFERENCE_STEPS = 40;

  /** Visible grain: the excess over the reference, in levels of 255. */
  private static final double SEEN = 0.5;

  private final Function<PromptSpec, BufferedImage> artist;
  private final List<Asked> questions;
  private final EmojiJudge judge;

  SamplerTrial(
      Function<PromptSpec, BufferedImage> artist,
      List<Asked> questions,
      NounClassifier classifier) {
    this.artist = artist;
    this.questions = questions;
    this.judge = new EmojiJudge(classifier);
  }

  private record Outcome(double nouns, double grain) {
    String line(String name) {
      return String.format(
          Locale.ROOT, "  %-26s noun right %5.1f %%  grain %.2f", name, 100 * nouns, grain);
    }
  }

  /** Prints a line about each sampler. */
  void run(Consumer<String> say) {
    Outcome reference = outcome(Sampler.DPMPP_2M, Schedule.KARRAS, REFERENCE_STEPS);
    say.accept(reference.line("DPM++ 2M Karras, 40 steps"));
    for (Sampler sampler : Sampler.values()) {
      Outcome outcome = outcome(sampler, Schedule.AUTOMATIC, DEFAULT_STEPS);
      say.accept(outcome.line(sampler.label()) + remark(outcome, reference));
      if (isNoisy(outcome, reference)) {
        // Test all step counts, because grain may return with more steps.
        for (int steps : MORE_STEPS) {
          Outcome more = outcome(sampler, Schedule.AUTOMATIC, steps);
          String name = sampler.label() + ", " + steps + " steps";
          say.accept(more.line(name) + remark(more, reference));
        }
      }
    }
  }

  private static boolean isNoisy(Outcome outcome, Outcome reference) {
    return outcome.grain() > reference.grain() + SEEN;
  }

  private static String remark(Outcome outcome, Outcome reference) {
    return isNoisy(outcome, reference) ? "  noisy" : "";
  }

  private Outcome outcome(Sampler sampler, Schedule schedule, int steps) {
    double nouns = 0;
    double grain = 0;
    for (Asked asked : questions) {
      PromptSpec spec =
          ModelArtist.spec(asked.prompt(), asked.seed())
              .sampler(sampler)
              .schedule(schedule)
              .steps(steps)
              .build();
      BufferedImage image = artist.apply(spec);
      nouns += judge.seesNoun(image, asked) ? 1.0 / questions.size() : 0;
      grain += ImageMeasures.grain(image) / questions.size();
    }
    return new Outcome(nouns, grain);
  }
}
