package dev.sdlora.server.studio;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.prompt.PromptExplanation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Prompts that the page suggests while the prompt is empty. */
final class ExamplePrompts {
  private static final int SHOWN = 3;

  /** Prompts for general models, then for the bundled one. */
  private static final List<String> CANDIDATES =
      List.of(
          "an astronaut riding a horse, oil painting",
          "a castle on a hill at sunset, matte painting",
          "portrait of a red fox in a snowy forest, soft light",
          "a fox on a blue background",
          "a panda on a green background",
          "a house on a blue background");

  private ExamplePrompts() {}

  /**
   * Returns up to three prompts that a model can draw.
   *
   * @param words the words that the model was trained on; if empty because unknown, all prompts
   *     qualify
   */
  static List<String> of(List<String> words) {
    PromptExplanation.Options options =
        new PromptExplanation.Options(
            1,
            OptionalInt.empty(),
            false,
            List.of(),
            PromptLimits.DEFAULTS,
            Optional.empty(),
            words);
    return CANDIDATES.stream()
        .filter(prompt -> PromptExplanation.of(prompt, options).problems().isEmpty())
        .limit(SHOWN)
        .toList();
  }
}
