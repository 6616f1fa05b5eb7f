package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;

/**
 * The prompts of a slider that is trained without images (Gandikota et al. 2023, "Concept
 * Sliders"): at weight 1 the LoRA moves images of the target towards the positive prompt, at weight
 * -1 towards the negative one.
 *
 * @param target what the slider acts on, such as {@code a house}; empty for everything
 * @param positive the target with more of the attribute, such as {@code a house, very detailed}
 * @param negative the target with less of it, such as {@code a house, plain}
 * @param kept words that are put before all three prompts in turn, or in place of {@value #PLACE}
 *     in prompts that contain it, so that their meaning is kept apart from the attribute, such as
 *     {@code red} and {@code blue}; may be empty if no prompt contains it
 * @param guidance the factor on the difference of the predictions, above 0. Default: 4
 */
public record SliderPrompts(
    String target, String positive, String negative, List<String> kept, double guidance) {

  /** The place of a kept word in a prompt, as in {@code a {} house}. */
  public static final String PLACE = "{}";

  /** Checks the prompts. */
  public SliderPrompts {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(positive, "positive");
    Objects.requireNonNull(negative, "negative");
    kept = List.copyOf(kept);
    Checks.require(
        !positive.strip().equals(negative.strip()),
        "positive",
        "differ from the negative prompt",
        positive);
    Checks.positive(guidance, "guidance");
  }

  /**
   * Returns the prompts of a slider with guidance 4.
   *
   * @param target what the slider acts on
   * @param positive the target with more of the attribute
   * @param negative the target with less of it
   * @return the prompts
   * @throws IllegalArgumentException if positive and negative prompt are the same
   */
  public static SliderPrompts of(String target, String positive, String negative) {
    return new SliderPrompts(target, positive, negative, List.of(), 4);
  }

  /**
   * Returns a copy with words that the slider keeps apart from its attribute.
   *
   * @param words the words or phrases
   * @return the copy
   */
  public SliderPrompts keeping(List<String> words) {
    return new SliderPrompts(target, positive, negative, words, guidance);
  }

  /**
   * Returns a copy with another guidance.
   *
   * @param factor the factor on the difference, above 0
   * @return the copy
   */
  public SliderPrompts withGuidance(double factor) {
    return new SliderPrompts(target, positive, negative, kept, factor);
  }
}
