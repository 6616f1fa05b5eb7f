package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Span;

/**
 * Something in a prompt that its writer should know.
 *
 * @param message what it is, in one sentence
 * @param span where it is; of what has no end, where it begins
 * @param mistake whether it is not well-formed, which a strict reader refuses
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

  /** Where it begins, in characters from 0. */
  public int offset() {
    return span.start();
  }
}
