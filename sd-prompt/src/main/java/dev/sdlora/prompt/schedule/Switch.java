package dev.sdlora.prompt.schedule;

import dev.sdlora.api.prompt.Span;
import java.util.List;

/** A place of a prompt that stands for different texts at different steps. */
public sealed interface Switch {

  /** From its opening bracket to behind its closing one. */
  Span span();

  /** What stands here at a step of a pass, counted from 1. */
  Span at(int step, PromptSteps pass);

  /**
   * {@code [before:after:when]}, {@code [after:when]} or {@code [before::when]}.
   *
   * @param before what stands here up to the switch; empty if nothing
   * @param after what stands here from then on; empty if nothing
   * @param when the number as written: with a dot a share of the steps, else a step
   */
  record Editing(Span span, Span before, Span after, String when) implements Switch {
    @Override
    public Span at(int step, PromptSteps pass) {
      return step <= pass.stepOf(when) ? before : after;
    }
  }

  /**
   * {@code [a|b|c]}: one after another, a step each.
   *
   * @param options at least two; any can be empty
   */
  record Alternation(Span span, List<Span> options) implements Switch {
    /** Copies the options. */
    public Alternation {
      options = List.copyOf(options);
    }

    @Override
    public Span at(int step, PromptSteps pass) {
      return options.get((step - 1) % options.size());
    }
  }
}
