package dev.sdlora.training.slider;

import dev.sdlora.training.option.SliderPrompts;
import java.util.List;
import java.util.stream.Stream;

/**
 * The three prompts whose predictions give the targets of one pair.
 *
 * @param target what the slider acts on
 * @param positive the target with more of the attribute
 * @param negative the target with less of it
 */
public record PromptTriple(String target, String positive, String negative) {

  /** The prompts of a slider with each of its kept words, or as they are if there are none. */
  public static List<PromptTriple> of(SliderPrompts prompts) {
    if (prompts.kept().isEmpty()) {
      return List.of(new PromptTriple(prompts.target(), prompts.positive(), prompts.negative()));
    }
    return prompts.kept().stream()
        .map(
            word ->
                new PromptTriple(
                    with(word, prompts.target()),
                    with(word, prompts.positive()),
                    with(word, prompts.negative())))
        .toList();
  }

  private static String with(String word, String prompt) {
    return prompt.contains(SliderPrompts.PLACE)
        ? prompt.replace(SliderPrompts.PLACE, word)
        : (word + " " + prompt).strip();
  }

  /** The three prompts. */
  public Stream<String> texts() {
    return Stream.of(target, positive, negative);
  }
}
