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
 * The tokens that captions consist of, numbered without gaps, and one more row for all others:
 * training moves some thousand rows of the embedding in place of CLIP's 49,408, and words that no
 * caption has share one that the model has learnt to pass over.
 */
final class Vocabulary {
  private static final int CAPTIONS = 40_000;

  private final int[] tokens;
  private final Map<Integer, Integer> rows = new HashMap<>();

  /** Reads many captions and all nouns with their synonyms and plurals. */
  Vocabulary(Nouns nouns, CaptionedSource scenes) {
    this(nouns, scenes, CAPTIONS);
  }

  /** Reads a number of captions. */
  Vocabulary(Nouns nouns, CaptionedSource scenes, int captions) {
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

  /** Rows, with that of unknown tokens. */
  int size() {
    return tokens.length + 1;
  }

  /** The rows of a caption's 77 tokens. */
  int[] rows(String caption) {
    int[] ids = clipIds(caption);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = rows.getOrDefault(ids[i], tokens.length);
    }
    return ids;
  }

  /** Where a text ends: the place of its first end token, which has the last row of tokens. */
  int end(int[] rows) {
    int end = 0;
    while (rows[end] != tokens.length - 1) {
      end++;
    }
    return end;
  }

  /** The place of a noun's last token in a caption's rows. */
  int last(int[] rows, String noun) {
    int[] own = rows(noun);
    int length = end(own) - 1;
    for (int i = 1; i + length <= end(rows); i++) {
      if (Arrays.equals(rows, i, i + length, own, 1, 1 + length)) {
        return i + length - 1;
      }
    }
    throw new IllegalArgumentException("the caption has no '" + noun + "'");
  }

  private static int[] clipIds(String text) {
    return Chunks.of(List.of(new WeightedText(text, 1)), ClipTokenizer.standard()).get(0).ids();
  }

  /** CLIP's whole table: the trained rows at their tokens, that of unknown tokens elsewhere. */
  float[] wholeTable(float[] trained, int vocabulary) {
    int width = trained.length / size();
    float[] table = new float[vocabulary * width];
    for (int id = 0; id < vocabulary; id++) {
      int row = rows.getOrDefault(id, tokens.length);
      System.arraycopy(trained, row * width, table, id * width, width);
    }
    return table;
  }
}
