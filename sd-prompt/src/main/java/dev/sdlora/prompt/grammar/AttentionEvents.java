package dev.sdlora.prompt.grammar;

/** What {@link AttentionScanner} finds in a text, in order. Places are those of the text. */
public interface AttentionEvents {

  /** Literal text, perhaps empty. */
  void text(int from, int to);

  /** A backslash and the character whose meaning it takes away, or a backslash alone. */
  void escape(int from, int to);

  /** A {@code BREAK} with the white space around it. */
  void chunkBorder(int from, int to);

  /** An opening bracket. */
  void open(int at);

  /** A bracket that closes the last one of its kind. */
  void close(int at);

  /** A colon, a weight and a closing bracket that end the last round bracket. */
  void close(int from, int to, double weight);

  /** A closing bracket that nothing opened. */
  void stray(int at);
}
