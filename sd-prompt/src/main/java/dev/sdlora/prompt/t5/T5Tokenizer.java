package dev.sdlora.prompt.t5;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The tokenizer of T5 version 1.1, which equals that of Hugging Face. It knows the languages of
 * Europe; characters of others become the unknown token, one for each word. Special tokens that are
 * spelled out in a text, such as {@code </s>} or {@code <extra_id_0>}, are recognized. An unpaired
 * surrogate is treated as a question mark.
 *
 * <p>Immutable, and therefore thread-safe.
 */
public final class T5Tokenizer {
  /** The id that fills up a text to a fixed length. */
  public static final int PADDING = 0;

  /** The id at the end of a text. */
  public static final int END = 1;

  /** The id of characters that the vocabulary lacks. */
  public static final int UNKNOWN = 2;

  private static final int SIZE = 32_100;

  /** Stands for a blank in the names of pieces. */
  private static final char BLANK = '\u2581';

  private static final Pattern SPECIAL =
      Pattern.compile("<pad>|</s>|<unk>|<extra_id_(?:0|[1-9]\\d?)>");

  private static final Pattern BLANKS = Pattern.compile(" {2,}");

  private final CharacterMap characters;
  private final Pieces pieces;

  private T5Tokenizer(CharacterMap characters, Pieces pieces) {
    this.characters = characters;
    this.pieces = pieces;
  }

  /** Returns the shared tokenizer, loaded at the first call. */
  public static T5Tokenizer load() {
    return Standard.TOKENIZER;
  }

  /** Returns the tokens of a text of any length, without an end token. */
  public int[] encode(String text) {
    IntStream.Builder ids = IntStream.builder();
    String whole = withoutLoneSurrogates(text);
    Matcher special = SPECIAL.matcher(whole);
    int from = 0;
    while (special.find()) {
      encode(whole.substring(from, special.start()), from == 0, ids);
      ids.add(pieces.id(special.group()));
      from = special.end();
    }
    encode(whole.substring(from), from == 0, ids);
    return ids.build().toArray();
  }

  private static String withoutLoneSurrogates(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private void encode(String part, boolean first, IntStream.Builder ids) {
    String normalized = normalized(part);
    boolean needsBlank = first && !normalized.isEmpty() && normalized.charAt(0) != BLANK;
    for (int id : pieces.encode(needsBlank ? BLANK + normalized : normalized)) {
      ids.add(id);
    }
  }

  private String normalized(String part) {
    String mapped = characters.apply(part);
    int end = mapped.length();
    while (end > 0 && isWhiteSpace(mapped.charAt(end - 1))) {
      end--;
    }
    return BLANKS
        .matcher(mapped.substring(0, end))
        .replaceAll(String.valueOf(BLANK))
        .replace(' ', BLANK);
  }

  /** Unicode's property White_Space, of which all characters are in the basic plane. */
  private static boolean isWhiteSpace(char character) {
    return character == '\u0085'
        || Character.isSpaceChar(character)
        || (character >= '\t' && character <= '\r');
  }

  /**
   * Returns the text of some tokens. U+FFFD stands for unknown characters.
   *
   * @throws IllegalArgumentException if there is no token with one of the ids
   */
  public String decode(int... ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      if (id < 0 || id >= SIZE) {
        throw new IllegalArgumentException("T5's vocabulary has no token " + id);
      }
      text.append(id == UNKNOWN ? "\ufffd" : pieces.piece(id).replace(BLANK, ' '));
    }
    return text.toString();
  }

  /**
   * Returns the number of rows that the encoder's token table must have at least: 32,100. T5-XXL's
   * table has 32,128.
   */
  public int size() {
    return SIZE;
  }

  private static final class Standard {
    static final T5Tokenizer TOKENIZER = read();

    private static T5Tokenizer read() {
      byte[] stored = resource("pieces.bin.gz");
      int text = Float.BYTES * SIZE;
      List<String> names =
          new String(stored, text, stored.length - text, StandardCharsets.UTF_8).lines().toList();
      if (names.size() != SIZE) {
        throw new IllegalStateException("T5's vocabulary has " + names.size() + " pieces");
      }
      return new T5Tokenizer(
          CharacterMap.of(resource("characters.bin.gz")),
          Pieces.of(ByteBuffer.wrap(stored), names, UNKNOWN));
    }

    private static byte[] resource(String name) {
      try (InputStream resource = T5Tokenizer.class.getResourceAsStream(name)) {
        if (resource == null) {
          throw new FileNotFoundException(
              "the resource " + name + " is missing next to " + T5Tokenizer.class.getName());
        }
        return new GZIPInputStream(resource, 1 << 16).readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("T5's vocabulary cannot be read", e);
      }
    }
  }
}
