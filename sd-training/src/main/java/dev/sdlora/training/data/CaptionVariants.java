package dev.sdlora.training.data;

import dev.sdlora.training.option.CaptionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Captions as they change from step to step, by the rules of kohya's trainer. Stateless. */
public final class CaptionVariants {
  private static final String SEPARATOR = ",";

  private CaptionVariants() {}

  /** Whether captions become texts other than themselves and the empty caption. */
  public static boolean vary(CaptionOptions options) {
    return options.shuffle() || options.tagDropout() > 0;
  }

  /**
   * Returns a caption for one step: empty, or with its tags in another order and some left out.
   *
   * @param random decides for this step
   */
  public static String at(CaptionOptions options, String caption, SplittableRandom random) {
    if (random.nextDouble() < options.dropout()) {
      return "";
    }
    if (!vary(options)) {
      return caption;
    }
    List<String> tags =
        Arrays.stream(caption.split(SEPARATOR, -1))
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .toList();
    int kept = Math.min(options.kept(), tags.size());
    List<String> others = new ArrayList<>(tags.subList(kept, tags.size()));
    if (options.shuffle()) {
      for (int i = others.size() - 1; i > 0; i--) {
        Collections.swap(others, i, random.nextInt(i + 1));
      }
    }
    List<String> chosen = new ArrayList<>(tags.subList(0, kept));
    for (String tag : others) {
      if (random.nextDouble() >= options.tagDropout()) {
        chosen.add(tag);
      }
    }
    return String.join(SEPARATOR + " ", chosen);
  }
}
