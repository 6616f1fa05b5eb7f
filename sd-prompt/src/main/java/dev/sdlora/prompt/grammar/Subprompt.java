package dev.sdlora.prompt.grammar;

import dev.sdlora.api.PromptLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the texts that {@code AND} joins, which guide an image together. Its last colon gives its
 * weight if only a number follows, even in a prompt without {@code AND}: {@code a cat :1.5}, but
 * {@code time 12:30} too. {@code AND} is recognized anywhere as a word of its own, even inside
 * brackets.
 *
 * @param text the text without its weight and trailing white space; leading white space stays
 * @param weight its weight, 1 if none is given; negative weights steer the image away from the text
 * @param offset its start in the whole prompt, in characters from 0
 * @param end its end, weight included: at the {@code AND} or the end of the whole prompt
 */
public record Subprompt(String text, double weight, int offset, int end) {
  /** The word that joins two subprompts. */
  public static final String AND = "AND";

  /**
   * Splits a prompt at each {@code AND}. A1111 does so for the positive prompt only.
   *
   * @return at least one subprompt
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
   * Splits a prompt at each {@code AND}, within the limits of a request.
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
