package dev.sdlora.prompt.bytepairs;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Collects merges that are written with the names of their symbols, the name of a pair being the
 * two names joined. Not thread-safe.
 */
public final class NamedMerges {
  private final int basic;
  private final Map<String, Integer> symbols;
  private int[] left;
  private int[] right;
  private int[] joined;
  private int size;

  /**
   * Creates a list without merges.
   *
   * @param names the names of the basic symbols, which are 0, 1, 2, …; copied
   * @param expected the number of merges to reserve memory for
   */
  public NamedMerges(Iterable<String> names, int expected) {
    symbols = new HashMap<>(2 * expected);
    names.forEach(name -> symbols.put(name, symbols.size()));
    basic = symbols.size();
    left = new int[expected];
    right = new int[expected];
    joined = new int[expected];
  }

  /**
   * Adds the merge of the next rank.
   *
   * @return the symbol that it joins to
   * @throws IOException if a name is neither basic nor the result of an earlier merge
   */
  public int add(String leftName, String rightName) throws IOException {
    if (size == left.length) {
      int more = size + size / 2 + 16;
      left = Arrays.copyOf(left, more);
      right = Arrays.copyOf(right, more);
      joined = Arrays.copyOf(joined, more);
    }
    left[size] = earlier(leftName);
    right[size] = earlier(rightName);
    int symbol = basic + size;
    Integer known = symbols.putIfAbsent(leftName.concat(rightName), symbol);
    joined[size] = known == null ? symbol : known;
    return joined[size++];
  }

  private int earlier(String name) throws IOException {
    Integer symbol = symbols.get(name);
    if (symbol == null) {
      throw new IOException("the list of merges joins '" + name + "' before defining it");
    }
    return symbol;
  }

  /** Returns the merges added so far. */
  public Merges toMerges() {
    return new Merges(
        basic, Arrays.copyOf(left, size), Arrays.copyOf(right, size), Arrays.copyOf(joined, size));
  }
}
