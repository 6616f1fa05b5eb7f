package dev.sdlora.prompt.qwen;

import dev.sdlora.prompt.bytepairs.ByteAlphabet;
import dev.sdlora.prompt.bytepairs.NamedMerges;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what the files of a tokenizer hold. Not thread-safe. */
final class TokenizerParts {
  /** Upper bound of ids; the largest vocabularies known have a quarter of it. */
  static final int MAX_ID = (1 << 20) - 1;

  /** Upper bound; Qwen3 has 26. */
  private static final int MAX_ADDED = 4096;

  private final Map<String, Integer> ids = new HashMap<>(1 << 18);
  private final List<String> left = new ArrayList<>();
  private final List<String> right = new ArrayList<>();
  private final Map<String, Integer> added = new LinkedHashMap<>();

  void addToken(String name, int id) {
    ids.put(name, id);
  }

  void addMerge(String leftName, String rightName) throws IOException {
    if (left.size() > MAX_ID) {
      throw new IOException("it has more than " + left.size() + " merges");
    }
    left.add(leftName);
    right.add(rightName);
  }

  /** Adds a merge written as two names with a blank between them. */
  void addMerge(String pair) throws IOException {
    int blank = pair.indexOf(' ');
    if (blank < 1 || blank == pair.length() - 1 || blank != pair.lastIndexOf(' ')) {
      throw new IOException(
          "the merge '" + shown(pair) + "' must be two names with a blank between them");
    }
    addMerge(pair.substring(0, blank), pair.substring(blank + 1));
  }

  void addSpecial(String name, int id) throws IOException {
    if (name.isEmpty() || added.size() == MAX_ADDED) {
      throw new IOException(
          name.isEmpty()
              ? "its added token " + id + " has no name"
              : "it has more than " + MAX_ADDED + " added tokens");
    }
    added.put(name, id);
  }

  boolean hasSpecial() {
    return !added.isEmpty();
  }

  /**
   * Returns the tokenizer.
   *
   * @throws IOException if the parts do not fit together
   */
  QwenTokenizer toTokenizer() throws IOException {
    QwenVocabulary vocabulary = vocabulary();
    AddedTokens special =
        hasSpecial() ? new AddedTokens(added) : AddedTokens.standard(highestId() + 1);
    for (String needed : List.of(AddedTokens.PADDING, AddedTokens.START, AddedTokens.END)) {
      if (special.id(needed).isEmpty()) {
        throw new IOException(
            "its added tokens lack " + needed + ", so it is probably not a tokenizer of Qwen");
      }
    }
    return new QwenTokenizer(vocabulary, special);
  }

  private int highestId() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(QwenVocabulary.NONE);
  }

  private QwenVocabulary vocabulary() throws IOException {
    List<String> bytes = new ArrayList<>();
    for (int i = 0; i < ByteAlphabet.SIZE; i++) {
      bytes.add(String.valueOf(ByteAlphabet.nameAt(i)));
    }
    NamedMerges merges = new NamedMerges(bytes, left.size());
    int[] idOfSymbol = new int[ByteAlphabet.SIZE + left.size()];
    Arrays.fill(idOfSymbol, QwenVocabulary.NONE);
    for (int i = 0; i < ByteAlphabet.SIZE; i++) {
      idOfSymbol[i] = ids.getOrDefault(bytes.get(i), QwenVocabulary.NONE);
    }
    for (int rank = 0; rank < left.size(); rank++) {
      String name = left.get(rank).concat(right.get(rank));
      Integer id = ids.get(name);
      if (id == null) {
        throw new IOException("its merges join to '" + shown(name) + "', which has no id");
      }
      idOfSymbol[merges.add(left.get(rank), right.get(rank))] = id;
    }
    return new QwenVocabulary(merges.toMerges(), idOfSymbol);
  }

  private static String shown(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "…";
  }
}
