package dev.sdlora.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The validation losses of a training run so far. Not safe for use by several threads. */
final class ValidationHistory {
  private static final String END = ";";
  private static final String BETWEEN = ":";

  private final List<ValidationLoss> losses = new ArrayList<>();

  /** Adds a measurement at a later step than all before. */
  void add(ValidationLoss loss) {
    losses.add(loss);
  }

  List<ValidationLoss> losses() {
    return List.copyOf(losses);
  }

  /** Whether there is a measurement at a step. */
  boolean has(int step) {
    return losses.stream().anyMatch(loss -> loss.step() == step);
  }

  /**
   * The earliest of the lowest losses of a LoRA; that of step 0, without a LoRA, does not count.
   */
  Optional<ValidationLoss> lowest() {
    return losses.stream()
        .filter(loss -> loss.step() > 0)
        .reduce((one, other) -> other.loss() < one.loss() ? other : one);
  }

  /** The number of measurements since the lowest one. */
  int sinceLowest() {
    return lowest().map(low -> losses.size() - 1 - losses.indexOf(low)).orElse(0);
  }

  /** All losses as text, from which {@link #restore} gives exactly the same ones. */
  String text() {
    return losses.stream()
        .map(loss -> loss.step() + BETWEEN + loss.loss())
        .collect(Collectors.joining(END));
  }

  /**
   * Restores losses.
   *
   * @throws IllegalArgumentException if this is not the text of losses
   */
  void restore(String text) {
    losses.clear();
    for (String one : text.isEmpty() ? new String[0] : text.split(END, -1)) {
      String[] numbers = one.split(BETWEEN, -1);
      if (numbers.length != 2) {
        throw new IllegalArgumentException("expected a step and a loss: " + one);
      }
      losses.add(new ValidationLoss(Integer.parseInt(numbers[0]), Double.parseDouble(numbers[1])));
    }
  }
}
