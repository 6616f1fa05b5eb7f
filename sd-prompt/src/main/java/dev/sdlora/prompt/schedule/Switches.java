package dev.sdlora.prompt.schedule;

import dev.sdlora.api.prompt.Span;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Finds the switches of a text, and resolves them for a step. */
public final class Switches {
  private Switches() {}

  /**
   * Finds the switches of a text in linear time. Every text is valid: malformed parts are literal,
   * and a {@code |} outside an alternation makes the whole text literal.
   *
   * @return the switches in order of their starts, each before those inside it
   */
  public static List<Switch> find(String text) {
    return new SwitchParser(text).parse();
  }

  /** Returns the text at a step, counted from 1. */
  static String textAt(String text, List<Switch> switches, int step, PromptSteps pass) {
    StringBuilder result = new StringBuilder(text.length());
    // The ends of the chosen texts that are being copied, and where copying continues after each.
    Deque<Span> open = new ArrayDeque<>();
    open.push(new Span(text.length(), text.length()));
    int next = 0;
    int at = 0;
    while (!open.isEmpty()) {
      while (next < switches.size() && switches.get(next).span().start() < at) {
        next++;
      }
      int end = open.element().start();
      Switch place = next < switches.size() ? switches.get(next) : null;
      if (place != null && place.span().start() < end) {
        result.append(text, at, place.span().start());
        Span chosen = place.at(step, pass);
        open.push(new Span(chosen.end(), place.span().end()));
        at = chosen.start();
        next++;
      } else {
        result.append(text, at, end);
        at = open.pop().end();
      }
    }
    return result.toString();
  }
}
