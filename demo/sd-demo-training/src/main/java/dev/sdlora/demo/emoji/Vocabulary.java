package dev.sdlora.demo.emoji;

import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * The tokens in captions, numbered consecutively, and one more row for all others. Training updates
 * a few thousand rows of the embedding instead of CLIP's 49,408, and words that no caption has
 * share a row that the model has learnt to ignore.
 */
public final class Vocabulary {
  private static final int CAPTIONS = 40_000;

  private final int[] tokens;
  private final Map<Integer, Integer> rows = new HashMap<>();

  /** Reads many captions and all nouns with their synonyms and plurals. */
  public Vocabulary(Nouns nouns, CaptionedSource scenes) {
    this(nouns, scenes, CAPTIONS);
  }

  /** Reads so many captions, and all nouns. */
  public Vocabulary(Nouns nouns, CaptionedSource scenes, int captions) {
    Set<Integer> found = new TreeSet<>();
    for (int i = 0; i < captions; i++) {
      add(found, scenes.of(i).plainCaption(new SplittableRandom(i)).text());
    }
    for (Noun noun : nouns.all()) {
      add(found, noun.word());
      add(found, Plurals.of(noun.word()));
      for (String synonym : noun.synonyms()) {
        add(found, synonym);
        add(found, Plurals.of(synonym));
      }
    }
    tokens = found.stream().mapToInt(Integer::intValue).toArray();
    for (int row = 0; row < tokens.length; row++) {
      rows.put(tokens[row], row);
    }
  }

  private static void add(Set<Integer> found, String text) {
    Arrays.stream(clipIds(text)).forEach(found::add);
  }

  /** Returns the number of rows, including the row for unknown tokens. */
  public int size() {
    return tokens.length + 1;
  }

  /** Returns the rows of a caption's 77 tokens. */
  public int[] rows(String caption) {
    int[] ids = clipIds(caption);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = rows.getOrDefault(ids[i], tokens.length);
    }
    return ids;
  }

  /** Returns the position of the first end token, which has the last row of known tokens. */
  public int end(int[] rows) {
    int end = 0;
    while (rows[end] != tokens.length - 1) {
      end++;
    }
    return end;
  }

  /** Returns the position of a noun's last token in a caption's rows. */
  public int last(int[] rows, String noun) {
    int[] own = rows(noun);
    int length = end(own) - 1;
    for (int i = 1; i + length <= end(rows); i++) {
      if (Arrays.equals(rows, i, i + length, own, 1, 1 + length)) {
        return i + length - 1;
      }
    }
    throw new IllegalArgumentException("the caption does not contain '" + noun + "'");
  }

  private static int[] clipIds(String text) {
    return Chunks.of(List.of(new WeightedText(text, 1)), ClipTokenizer.standard()).get(0).ids();
  }

  /** Returns CLIP's whole table: trained rows for known tokens, the shared row for all others. */
  public float[] wholeTable(float[] trained, int vocabulary) {
    int width = trained.length / size();
    float[] table = new float[vocabulary * width];
    for (int id = 0; id < vocabulary; id++) {
      int row = rows.getOrDefault(id, tokens.length);
      System.arraycopy(trained, row * width, table, id * width, width);
    }
    return table;
  }
}
