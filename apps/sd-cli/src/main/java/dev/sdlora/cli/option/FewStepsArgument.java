package dev.sdlora.cli.option;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.FewSteps;
import java.util.OptionalInt;

/**
 * A few-step method as given on the command line, {@code lightning} or {@code lightning:4}.
 *
 * @param steps the number of steps; empty for the method's default
 */
public record FewStepsArgument(FewSteps method, OptionalInt steps) {
  public static FewStepsArgument parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new FewStepsArgument(FewSteps.parse(text), OptionalInt.empty());
    }
    String steps = text.substring(colon + 1).strip();
    if (!steps.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "must be a method and a number of steps, such as lightning:4: '" + text + "'");
    }
    return new FewStepsArgument(
        FewSteps.parse(text.substring(0, colon)), OptionalInt.of(Integer.parseInt(steps)));
  }

  void applyTo(PromptSpec.Builder spec) {
    spec.fewSteps(method, steps.orElse(method.usualSteps()));
  }
}
