package dev.sdlora.prompt.tree;

/**
 * Something in a prompt that its writer should know.
 *
 * @param message what it is, in one sentence
 * @param offset where it is, in characters from 0
 */
public record Finding(String message, int offset) {

  private static final int SHOWN = 60;

  static Finding at(int offset, String what, String trouble) {
    String quote = what.endsWith("'") ? "'" : "";
    String shown = what.length() > SHOWN ? what.substring(0, SHOWN) + "…" + quote : what;
    return new Finding(shown + " at character " + offset + " " + trouble, offset);
  }
}
