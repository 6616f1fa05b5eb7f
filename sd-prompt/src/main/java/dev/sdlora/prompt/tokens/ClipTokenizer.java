package dev.sdlora.prompt.tokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokenizer of CLIP's text encoders, which all Stable Diffusion models up to SDXL share. Equal
 * to OpenAI's without its repair of wrongly decoded text (ftfy) and without special tokens in a
 * text. Letters and digits newer than the JDK's edition of Unicode are taken for symbols.
 *
 * <p>Safe to use from many threads.
 */
public final class ClipTokenizer {
  /** The token before each text. */
  public static final int START = 49406;

  /** The token after each text, and the padding of SD 1.x. */
  public static final int END = 49407;

  /** The token of a comma that stands alone. */
  public static final int COMMA = 267;

  private static final int CACHED_WORDS = 20_000;
  private static final int CACHED_WORD_LENGTH = 32;

  private final Vocabulary vocabulary;
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  private ClipTokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The one tokenizer with CLIP's vocabulary, loaded at the first call. */
  public static ClipTokenizer standard() {
    return Standard.TOKENIZER;
  }

  /**
   * The tokens of a text of any length, without the start and end tokens. A text that spells out
   * {@code <|endoftext|>} is ordinary text: nothing that is typed can end a prompt.
   */
  public int[] encode(String text) {
    return encodeClean(clean(text));
  }

  /**
   * A text as it is cut into words: HTML's character references replaced, in lower case, and with
   * one blank for each stretch of white space.
   */
  static String clean(String text) {
    return Words.clean(text);
  }

  /** The tokens of a stretch of a text that has been cleaned. */
  int[] encodeClean(String text) {
    return Words.ofClean(text).stream()
        .map(this::encodeWord)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  private int[] encodeWord(String word) {
    if (word.length() > CACHED_WORD_LENGTH) {
      return BytePairs.encode(word, vocabulary);
    }
    if (cache.size() >= CACHED_WORDS) {
      cache.clear();
    }
    return cache.computeIfAbsent(word, key -> BytePairs.encode(key, vocabulary));
  }

  /**
   * What a token stands for, with a space after it if it ends a word. A token that holds a part of
   * a character only gives U+FFFD in its place.
   *
   * @throws IndexOutOfBoundsException if there is no such token
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
