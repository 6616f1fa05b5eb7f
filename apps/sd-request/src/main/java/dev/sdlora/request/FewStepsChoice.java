package dev.sdlora.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.FewSteps;
import java.util.OptionalInt;

/**
 * A few-step method as users write it, {@code lightning} or {@code lightning:4}.
 *
 * @param steps the number of steps; empty for the method's default
 */
public record FewStepsChoice(FewSteps method, OptionalInt steps) {
  /**
   * Parses a method and a number of steps.
   *
   * @throws IllegalArgumentException if the text is not of this form or the method is unknown
   */
  public static FewStepsChoice parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new FewStepsChoice(FewSteps.parse(text), OptionalInt.empty());
    }
    String steps = text.substring(colon + 1).strip();
    if (!steps.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "must be a method and a number of steps, such as lightning:4: '" + text + "'");
    }
    return new FewStepsChoice(
        FewSteps.parse(text.substring(0, colon)), OptionalInt.of(Integer.parseInt(steps)));
  }

  /**
   * Sets sampler, schedule, guidance and steps as the authors of the method recommend.
   *
   * @throws IllegalArgumentException if the method does not support the number of steps
   */
  public void applyTo(PromptSpec.Builder spec) {
    spec.fewSteps(method, steps.orElse(method.usualSteps()));
  }
}
