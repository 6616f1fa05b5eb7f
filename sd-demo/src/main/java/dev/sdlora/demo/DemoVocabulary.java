package dev.sdlora.demo;

import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * The tokens that captions consist of, numbered without gaps: training moves some fifty rows of the
 * embedding in place of CLIP's 49,408.
 */
final class DemoVocabulary {
  private static final int CAPTIONS = 20_000;

  private final Map<String, int[]> known = new HashMap<>();
  private final int[] tokens;
  private final Map<Integer, Integer> rows = new HashMap<>();

  /** Reads many captions; all words come up. */
  DemoVocabulary() {
    SplittableRandom random = new SplittableRandom(0);
    SceneSource scenes = new SceneSource(0);
    TreeSet<Integer> found = new TreeSet<>();
    for (int i = 0; i < CAPTIONS; i++) {
      for (int id : clipIds(Captions.of(scenes.training(), random))) {
        found.add(id);
      }
    }
    tokens = found.stream().mapToInt(Integer::intValue).toArray();
    for (int row = 0; row < tokens.length; row++) {
      rows.put(tokens[row], row);
    }
  }

  int size() {
    return tokens.length;
  }

  /** The rows of a caption's 77 tokens. */
  int[] rows(String caption) {
    return known.computeIfAbsent(caption, this::lookUp);
  }

  /** Where a text ends: the place of its first end token, which has the last row. */
  int end(int[] rows) {
    int end = 0;
    while (rows[end] != tokens.length - 1) {
      end++;
    }
    return end;
  }

  private int[] lookUp(String caption) {
    int[] ids = clipIds(caption);
    for (int i = 0; i < ids.length; i++) {
      Integer row = rows.get(ids[i]);
      if (row == null) {
        throw new IllegalArgumentException("'" + caption + "' has a token of no other caption");
      }
      ids[i] = row;
    }
    return ids;
  }

  private static int[] clipIds(String caption) {
    return Chunks.of(List.of(new WeightedText(caption, 1)), ClipTokenizer.standard()).get(0).ids();
  }

  /** CLIP's whole table: the trained rows at their tokens, zeros elsewhere. */
  float[] wholeTable(float[] trained, int vocabulary) {
    int width = trained.length / tokens.length;
    float[] table = new float[vocabulary * width];
    for (int row = 0; row < tokens.length; row++) {
      System.arraycopy(trained, row * width, table, tokens[row] * width, width);
    }
    return table;
  }
}
