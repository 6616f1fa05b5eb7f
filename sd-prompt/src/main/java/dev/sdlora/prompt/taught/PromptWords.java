package dev.sdlora.prompt.taught;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.Span;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Splits texts into words: letters and digits, with apostrophes and hyphens between them. */
public final class PromptWords {
  /** Letters and digits with their combining marks. */
  private static final String LETTERS = "[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*+";

  private static final Pattern WORD =
      Pattern.compile(LETTERS + "(?:['\u2019\u2010-]" + LETTERS + ")*+");

  /** An emoji or another symbol, with its variation selectors and joiners. */
  private static final String SYMBOL =
      "[\\p{So}&&[^\\x{0}-\\x{218f}]][\\x{fe0f}\\x{1f3fb}-\\x{1f3ff}]*+";

  private static final Pattern WORD_OR_EMOJI =
      Pattern.compile(
          WORD.pattern()
              + "|[\\x{1f1e6}-\\x{1f1ff}]{2}|"
              + SYMBOL
              + "(?:\\x{200d}"
              + SYMBOL
              + ")*+");

  private PromptWords() {}

  /**
   * A word of a prompt.
   *
   * @param text the word in the form used for comparisons
   * @param span its range in the prompt
   */
  public record Word(String text, Span span) {}

  /**
   * Returns the words and emoji of a prompt that a model reads, in order. Comments, tags, weights
   * and other syntax are skipped.
   */
  public static List<Word> of(Prompt prompt) {
    List<Word> words = new ArrayList<>();
    prompt.parts().forEach(part -> addTo(words, part.nodes()));
    return words;
  }

  private static void addTo(List<Word> words, List<PromptNode> nodes) {
    for (PromptNode node : nodes) {
      if (node.kind() == PromptNode.Kind.TEXT) {
        int offset = node.span().start();
        WORD_OR_EMOJI
            .matcher(node.toString())
            .results()
            .map(
                found ->
                    new Word(
                        compared(found.group()),
                        new Span(offset + found.start(), offset + found.end())))
            .forEach(words::add);
      }
      addTo(words, node.children());
    }
  }

  /** Returns the words of a plain text, in order. */
  public static Stream<String> in(String text) {
    return WORD.matcher(text).results().map(found -> compared(found.group()));
  }

  /** Normalizes a word: lower case, composed characters, plain apostrophes and hyphens. */
  private static String compared(String word) {
    return Normalizer.normalize(word, Normalizer.Form.NFC)
        .toLowerCase(Locale.ROOT)
        .replace('\u2019', '\'')
        .replace('\u2010', '-');
  }
}
