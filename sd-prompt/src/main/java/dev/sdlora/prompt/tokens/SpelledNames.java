package dev.sdlora.prompt.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names that are looked for among the tokens of a prompt, as A1111 looks for those of embeddings.
 * Upper and lower case are the same to the tokenizer, and so are all kinds of white space; of names
 * that are spelled with the same tokens the last one counts. Immutable.
 *
 * @param <T> what a name stands for
 */
public final class SpelledNames<T> {
  private final Map<Integer, List<Spelled<T>>> byFirstToken = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Spelled<T>(int[] tokens, T value) {}

  /**
   * Something whose name was found.
   *
   * @param tokens how many tokens spell the name
   */
  public record Found<T>(T value, int tokens) {}

  /** Names with what they stand for. A name without any token is never found. */
  public SpelledNames(Map<String, T> names, ClipTokenizer tokenizer) {
    names.forEach((name, value) -> add(new Spelled<>(tokenizer.encode(name), value)));
    Comparator<Spelled<T>> shortest = Comparator.comparingInt(spelled -> spelled.tokens.length);
    byFirstToken.values().forEach(list -> list.sort(shortest.reversed()));
  }

  private void add(Spelled<T> spelled) {
    if (spelled.tokens.length > 0) {
      List<Spelled<T>> list =
          byFirstToken.computeIfAbsent(spelled.tokens[0], first -> new ArrayList<>());
      list.removeIf(other -> Arrays.equals(other.tokens, spelled.tokens));
      list.add(spelled);
    }
  }

  /** All whose name begins at a position, the longest name first. */
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
