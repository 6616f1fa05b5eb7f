package dev.sdlora.pipeline.image;

import dev.sdlora.tensors.io.Inflated;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/** A PNG chunk that contains a text under a keyword; PNG specification, 3rd edition, 11.3.3. */
final class TextChunk {
  /** Maximum size of a text, compressed or uncompressed. */
  static final int MAX_BYTES = 16 << 20;

  private static final Set<String> TYPES = Set.of("tEXt", "zTXt", "iTXt");

  private final String type;
  private final byte[] data;
  private final int keywordEnd;

  /**
   * Creates a chunk from file data; only the keyword is parsed.
   *
   * @param type one of the {@linkplain #isTextType text types}
   * @param data the content of the chunk, not copied
   */
  TextChunk(String type, byte[] data) throws DataFormatException {
    this.type = type;
    this.data = data;
    this.keywordEnd = nextZero(data, 0);
  }

  /** Whether chunks of this type contain text. */
  static boolean isTextType(String type) {
    return TYPES.contains(type);
  }

  /**
   * Returns a complete new chunk (length, type, data and checksum); unpaired surrogates become
   * {@code ?}.
   */
  static byte[] encode(String keyword, String text) {
    boolean latin1 = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
    byte[] type = (latin1 ? "tEXt" : "iTXt").getBytes(StandardCharsets.ISO_8859_1);
    // In iTXt: not compressed, method 0, no language, no translated keyword.
    byte[] key = (keyword + (latin1 ? "\0" : "\0\0\0\0\0")).getBytes(StandardCharsets.ISO_8859_1);
    byte[] value = text.getBytes(latin1 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);

    CRC32 checksum = new CRC32();
    checksum.update(type);
    checksum.update(key);
    checksum.update(value);
    return ByteBuffer.allocate(12 + key.length + value.length)
        .putInt(key.length + value.length)
        .put(type)
        .put(key)
        .put(value)
        .putInt((int) checksum.getValue())
        .array();
  }

  /** Returns the keyword of the text. */
  String keyword() {
    return new String(data, 0, keywordEnd, StandardCharsets.ISO_8859_1);
  }

  /** Returns the decompressed text. */
  String text() throws DataFormatException {
    int at = keywordEnd + 1;
    return switch (type) {
      case "zTXt" -> latin1(Inflated.zlib(data, skip(at, 1), MAX_BYTES));
      case "iTXt" -> {
        int languageAt = skip(at, 2);
        int textAt = nextZero(data, nextZero(data, languageAt) + 1) + 1;
        yield utf8(data[at] == 0 ? from(textAt) : Inflated.zlib(data, textAt, MAX_BYTES));
      }
      default -> latin1(from(at));
    };
  }

  private int skip(int at, int bytes) throws DataFormatException {
    if (at + bytes > data.length) {
      throw new DataFormatException("it ends early");
    }
    return at + bytes;
  }

  private byte[] from(int start) {
    return Arrays.copyOfRange(data, start, data.length);
  }

  private static int nextZero(byte[] data, int from) throws DataFormatException {
    for (int i = from; i < data.length; i++) {
      if (data[i] == 0) {
        return i;
      }
    }
    throw new DataFormatException("it lacks a zero byte");
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String utf8(byte[] bytes) throws DataFormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      DataFormatException damaged = new DataFormatException("it is not UTF-8");
      damaged.initCause(e);
      throw damaged;
    }
  }
}
