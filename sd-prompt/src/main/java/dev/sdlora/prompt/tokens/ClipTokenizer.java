package dev.sdlora.prompt.tokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokenizer of CLIP's text encoders, which all Stable Diffusion models up to SDXL share. It
 * equals OpenAI's, but does not repair wrongly decoded text (ftfy) or recognize special tokens in a
 * text. Letters and digits newer than the JDK's Unicode version are treated as symbols.
 *
 * <p>Thread-safe.
 */
public final class ClipTokenizer {
  /** The token before each text. */
  public static final int START = 49406;

  /** The token after each text, and the padding of SD 1.x. */
  public static final int END = 49407;

  /** The token of a comma that forms a word of its own. */
  public static final int COMMA = 267;

  private static final int CACHED_WORDS = 20_000;
  private static final int CACHED_WORD_LENGTH = 32;

  private final Vocabulary vocabulary;
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  private ClipTokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Returns the shared tokenizer with CLIP's vocabulary, loaded at the first call. */
  public static ClipTokenizer standard() {
    return Standard.TOKENIZER;
  }

  /**
   * Returns the tokens of a text of any length, without the start and end tokens. A text that
   * spells out {@code <|endoftext|>} is ordinary text, so no input can end a prompt.
   */
  public int[] encode(String text) {
    return encodeClean(clean(text));
  }

  /**
   * Prepares a text for splitting into words: replaces HTML character references, converts to lower
   * case and collapses white space to single blanks.
   */
  static String clean(String text) {
    return Words.clean(text);
  }

  /** Returns the tokens of a part of a cleaned text. */
  int[] encodeClean(String text) {
    return Words.ofClean(text).stream()
        .map(this::encodeWord)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  private int[] encodeWord(String word) {
    if (word.length() > CACHED_WORD_LENGTH) {
      return vocabulary.encode(word);
    }
    if (cache.size() >= CACHED_WORDS) {
      cache.clear();
    }
    return cache.computeIfAbsent(word, vocabulary::encode);
  }

  /**
   * Returns the text of a token, followed by a space if it ends a word. U+FFFD replaces an
   * incomplete character.
   *
   * @throws IndexOutOfBoundsException if there is no token with this id
   */
  public String decode(int id) {
    Objects.checkIndex(id, END + 1);
    return switch (id) {
      case START -> "<|startoftext|>";
      case END -> "<|endoftext|>";
      default -> {
        String text = new String(vocabulary.bytes(id), StandardCharsets.UTF_8);
        yield vocabulary.endsWord(id) ? text + " " : text;
      }
    };
  }

  private static final class Standard {
    static final ClipTokenizer TOKENIZER = load();

    private static ClipTokenizer load() {
      try {
        return new ClipTokenizer(Vocabulary.load());
      } catch (IOException e) {
        throw new UncheckedIOException("CLIP's vocabulary cannot be read", e);
      }
    }
  }
}
