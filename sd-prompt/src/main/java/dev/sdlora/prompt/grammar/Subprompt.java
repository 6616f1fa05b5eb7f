package dev.sdlora.prompt.grammar;

import dev.sdlora.api.PromptLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the texts that {@code AND} joins, which guide an image together. The last of its colons
 * gives its weight if a number follows and nothing else, with or without an {@code AND}: {@code a
 * cat :1.5}, but {@code time 12:30} too. {@code AND} counts anywhere as a word of its own, even
 * inside brackets.
 *
 * @param text without its weight and the white space behind it; that in front stays
 * @param weight how much it counts; 1 if none is written, and negative ones keep things out
 * @param offset where it starts in the whole, in characters from 0
 * @param end where it ends with its weight: at the {@code AND} or the end of the whole
 */
public record Subprompt(String text, double weight, int offset, int end) {
  /** The word between two of them. */
  public static final String AND = "AND";

  /**
   * Cuts a prompt at each {@code AND}. A1111 does so for the positive prompt only.
   *
   * @return at least one
   */
  public static List<Subprompt> split(String prompt) {
    List<Subprompt> parts = new ArrayList<>();
    int from = 0;
    int found = prompt.indexOf(AND);
    while (found >= 0) {
      int end = found + AND.length();
      if (Characters.standsAlone(prompt, found, end)) {
        parts.add(read(prompt, from, found));
        from = end;
      }
      found = prompt.indexOf(AND, end);
    }
    parts.add(read(prompt, from, prompt.length()));
    return List.copyOf(parts);
  }

  /**
   * The same within the limits of a request.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if there are too many parts
   */
  public static List<Subprompt> split(String prompt, PromptLimits limits) {
    List<Subprompt> parts = split(prompt);
    Limit.check(parts.size(), limits.parts(), "the prompt has", Limit.Unit.PARTS);
    return parts;
  }

  private static Subprompt read(String prompt, int from, int to) {
    String text = prompt.substring(from, to);
    int colon = text.lastIndexOf(':');
    WrittenWeight weight = colon < 0 ? null : WrittenWeight.at(text, colon);
    return weight != null && weight.end() == text.length()
        ? new Subprompt(Characters.stripEnd(text.substring(0, colon)), weight.value(), from, to)
        : new Subprompt(Characters.stripEnd(text), 1, from, to);
  }
}
