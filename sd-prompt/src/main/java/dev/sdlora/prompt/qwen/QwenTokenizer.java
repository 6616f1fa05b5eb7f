package dev.sdlora.prompt.qwen;

import dev.sdlora.api.error.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * The tokenizer of Qwen3, which equals that of Hugging Face. Special tokens that are spelled out in
 * a text, such as {@code <|im_end|>}, are recognized. Letters, digits and compositions newer than
 * the JDK's Unicode version are treated as symbols, and an unpaired surrogate as a question mark.
 *
 * <p>Immutable, and therefore thread-safe.
 */
public final class QwenTokenizer {
  private final QwenVocabulary vocabulary;
  private final AddedTokens added;

  QwenTokenizer(QwenVocabulary vocabulary, AddedTokens added) {
    this.vocabulary = vocabulary;
    this.added = added;
  }

  /** Returns the shared tokenizer with the vocabulary of Qwen3, loaded at the first call. */
  public static QwenTokenizer load() {
    return Standard.TOKENIZER;
  }

  /**
   * Reads a tokenizer from the folder {@code tokenizer} of a checkpoint: from {@code vocab.json}
   * and {@code merges.txt}, or from {@code tokenizer.json} if one of them is missing. The special
   * tokens are those of {@code tokenizer_config.json}, {@code added_tokens.json} or {@code
   * tokenizer.json}; if none of these files names any, they are those of Qwen3, with the ids after
   * the vocabulary.
   *
   * @throws CheckpointException if the files are missing, damaged, too large or of another kind of
   *     tokenizer
   */
  public static QwenTokenizer read(Path folder) {
    return new TokenizerFolder(folder).read();
  }

  /** Returns the tokens of a text of any length; nothing is added before or after them. */
  public int[] encode(String text) {
    IntStream.Builder ids = IntStream.builder();
    added.cut(
        text,
        id -> ids.add(id),
        piece -> Words.of(piece).forEach(word -> vocabulary.encode(word, ids::add)));
    return ids.build().toArray();
  }

  /**
   * Returns the text of some tokens. For all tokens of a text, this is the text in Unicode's
   * normalization form C. U+FFFD replaces an incomplete character.
   *
   * @throws IllegalArgumentException if there is no token with one of the ids
   */
  public String decode(int... ids) {
    return new String(bytes(ids), StandardCharsets.UTF_8);
  }

  byte[] bytes(int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(added.bytes(id).orElseGet(() -> vocabulary.bytes(id)));
    }
    return bytes.toByteArray();
  }

  /**
   * Returns the id that fills up a text to a fixed length: that of {@code <|endoftext|>}, 151643 in
   * Qwen3.
   */
  public int padding() {
    return added.id(AddedTokens.PADDING).orElseThrow();
  }

  /**
   * Returns the number of rows that the encoder's token table must have at least: the highest id,
   * plus 1; 151,669 for Qwen3, whose table has 151,936 rows.
   */
  public int size() {
    return Math.max(vocabulary.size(), added.size());
  }

  private static final class Standard {
    static final QwenTokenizer TOKENIZER = read();

    private static QwenTokenizer read() {
      try {
        QwenVocabulary vocabulary = QwenVocabulary.standard();
        return new QwenTokenizer(vocabulary, AddedTokens.standard(vocabulary.size()));
      } catch (IOException e) {
        throw new UncheckedIOException("Qwen's vocabulary cannot be read", e);
      }
    }
  }
}
