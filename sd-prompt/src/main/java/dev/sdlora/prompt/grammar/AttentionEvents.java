package dev.sdlora.prompt.grammar;

/**
 * Receives what {@link AttentionScanner} finds in a text, in order. All positions are offsets in
 * that text.
 */
public interface AttentionEvents {

  /** Literal text, which may be empty. */
  void text(int from, int to);

  /** A backslash and the character that it escapes, or a lone backslash. */
  void escape(int from, int to);

  /** A {@code BREAK} with the surrounding white space. */
  void chunkBorder(int from, int to);

  /** An opening bracket. */
  void open(int at);

  /** A bracket that closes the innermost open bracket of its kind. */
  void close(int at);

  /** A colon, a weight and a closing bracket, which close the innermost round bracket. */
  void close(int from, int to, double weight);

  /** A closing bracket without an opening one. */
  void stray(int at);
}
