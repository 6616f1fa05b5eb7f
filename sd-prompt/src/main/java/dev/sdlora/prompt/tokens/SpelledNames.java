package dev.sdlora.prompt.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds names in a prompt by their tokens, as A1111 finds those of embeddings. Names with
 * punctuation are found in the text as well. The tokenizer ignores case and kinds of white space;
 * of names with equal spelling the last one wins. Immutable.
 *
 * @param <T> the type of value that a name refers to
 */
public final class SpelledNames<T> {
  private final Map<Integer, List<Spelled<T>>> byFirstToken = new HashMap<>();

  /** Names with punctuation by length, the longest first. */
  private final Map<Integer, Map<String, T>> byLength = new TreeMap<>(Collections.reverseOrder());

  private final BitSet firstCharacters = new BitSet();

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Spelled<T>(int[] tokens, T value) {}

  /**
   * The value of a name that was found.
   *
   * @param length the length of the name, in tokens or characters
   */
  public record Found<T>(T value, int length) {}

  /** Creates a lookup from names to values. A name without any token is never found. */
  public SpelledNames(Map<String, T> names, ClipTokenizer tokenizer) {
    names.forEach(
        (name, value) -> {
          String text = ClipTokenizer.clean(name);
          int[] tokens = tokenizer.encodeClean(text);
          add(new Spelled<>(tokens, value));
          if (tokens.length > 0 && text.codePoints().anyMatch(SpelledNames::isPunctuation)) {
            byLength.computeIfAbsent(text.length(), length -> new HashMap<>()).put(text, value);
            firstCharacters.set(text.charAt(0));
          }
        });
    Comparator<Spelled<T>> shortest = Comparator.comparingInt(spelled -> spelled.tokens.length);
    byFirstToken.values().forEach(list -> list.sort(shortest.reversed()));
  }

  private static boolean isPunctuation(int codePoint) {
    return !Character.isLetterOrDigit(codePoint) && codePoint != ' ';
  }

  private void add(Spelled<T> spelled) {
    if (spelled.tokens.length > 0) {
      List<Spelled<T>> list =
          byFirstToken.computeIfAbsent(spelled.tokens[0], first -> new ArrayList<>());
      list.removeIf(other -> Arrays.equals(other.tokens, spelled.tokens));
      list.add(spelled);
    }
  }

  /**
   * Returns the values of all names with punctuation that begin at a position, the longest name
   * first. A name that begins or ends with a letter is not found inside a word.
   *
   * @param text a piece of a prompt, {@linkplain ClipTokenizer#clean cleaned}
   */
  public List<Found<T>> at(String text, int position) {
    if (!firstCharacters.get(text.charAt(position))) {
      return List.of();
    }
    List<Found<T>> found = new ArrayList<>();
    byLength.forEach(
        (length, names) -> {
          int end = position + length;
          if (end <= text.length() && !tearsWord(text, position) && !tearsWord(text, end)) {
            T value = names.get(text.substring(position, end));
            if (value != null) {
              found.add(new Found<>(value, length));
            }
          }
        });
    return found;
  }

  private static boolean tearsWord(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isLetter(text.codePointBefore(at))
        && Character.isLetter(text.codePointAt(at));
  }

  /** Returns the values of all names that begin at a position, the longest name first. */
  public List<Found<T>> at(int[] tokens, int position) {
    return byFirstToken.getOrDefault(tokens[position], List.of()).stream()
        .filter(spelled -> isAt(spelled.tokens, tokens, position))
        .map(spelled -> new Found<>(spelled.value, spelled.tokens.length))
        .toList();
  }

  private static boolean isAt(int[] name, int[] tokens, int position) {
    int end = position + name.length;
    return end <= tokens.length && Arrays.equals(name, 0, name.length, tokens, position, end);
  }
}
