package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Span;

/**
 * A mistake or pitfall in a prompt.
 *
 * @param message the problem, in one sentence
 * @param span its range, or where it begins if it has no end
 * @param mistake whether it is malformed, which strict options reject
 */
public record Finding(String message, Span span, boolean mistake) {

  private static final int SHOWN = 60;

  static Finding mistake(Span span, String what, String trouble) {
    return new Finding(sentence(span, what, trouble), span, true);
  }

  static Finding quirk(Span span, String what, String trouble) {
    return new Finding(sentence(span, what, trouble), span, false);
  }

  private static String sentence(Span span, String what, String trouble) {
    String quote = what.endsWith("'") ? "'" : "";
    String shown = what.length() > SHOWN ? what.substring(0, SHOWN) + "…" + quote : what;
    return shown + " at character " + span.start() + " " + trouble;
  }

  /** Returns where it begins, in characters from 0. */
  public int offset() {
    return span.start();
  }
}
