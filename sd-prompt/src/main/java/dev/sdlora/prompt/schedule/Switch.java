package dev.sdlora.prompt.schedule;

import dev.sdlora.api.prompt.Span;
import java.util.List;

/** A part of a prompt whose text depends on the step. */
public sealed interface Switch {

  /** Returns the range from the opening bracket to the closing one, both included. */
  Span span();

  /** Returns the text at a step of a pass, counted from 1. */
  Span at(int step, PromptSteps pass);

  /**
   * Prompt editing: {@code [before:after:when]}, {@code [after:when]} or {@code [before::when]}.
   *
   * @param before the text up to the switch; may be empty
   * @param after the text after the switch; may be empty
   * @param when the number as written: a fraction of the steps if it has a dot, a step otherwise
   */
  record Editing(Span span, Span before, Span after, String when) implements Switch {
    @Override
    public Span at(int step, PromptSteps pass) {
      return step <= pass.stepOf(when) ? before : after;
    }
  }

  /**
   * An alternation, {@code [a|b|c]}: the options in turn, one for each step.
   *
   * @param options at least two; any may be empty
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
