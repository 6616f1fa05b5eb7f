package dev.sdlora.prompt.t5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces characters by those that the vocabulary was made for: SentencePiece's rules {@code
 * nmt_nfkc}, which are Unicode's normalization form NFKC, with blanks for all white space and
 * without control characters. Immutable.
 *
 * <p>The rules are the keys of a trie over the bytes of UTF-8, stored as a double array (Aoe 1989,
 * in the layout of Darts-clone), and their replacements, each ended by a zero byte.
 */
final class CharacterMap {
  private static final Pattern CLUSTER = Pattern.compile("\\X");

  /** Longer clusters are replaced character by character, as by Hugging Face. */
  private static final int MAX_CLUSTER = 5;

  private static final int LABEL = (1 << 31) | 0xFF;
  private static final int HAS_LEAF = 1 << 8;
  private static final int IS_FAR = 1 << 9;

  private final int[] trie;
  private final byte[] replacements;

  private CharacterMap(int[] trie, byte[] replacements) {
    this.trie = trie;
    this.replacements = replacements;
  }

  /** Reads a precompiled map: the size of the trie in bytes, the trie, and the replacements. */
  static CharacterMap of(byte[] compiled) {
    ByteBuffer buffer = ByteBuffer.wrap(compiled).order(ByteOrder.LITTLE_ENDIAN);
    int[] trie = new int[buffer.getInt() / Integer.BYTES];
    for (int i = 0; i < trie.length; i++) {
      trie[i] = buffer.getInt();
    }
    byte[] replacements = new byte[buffer.remaining()];
    buffer.get(replacements);
    return new CharacterMap(trie, replacements);
  }

  /** Returns a text with its characters replaced. */
  String apply(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    Matcher cluster = CLUSTER.matcher(text);
    while (cluster.find()) {
      String characters = cluster.group();
      byte[] bytes = characters.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > MAX_CLUSTER || !replace(bytes, 0, bytes.length, mapped)) {
        replaceEach(characters, bytes, mapped);
      }
    }
    return mapped.toString();
  }

  private void replaceEach(String characters, byte[] bytes, StringBuilder mapped) {
    int from = 0;
    for (int i = 0; i < characters.length(); i += Character.charCount(characters.codePointAt(i))) {
      int codePoint = characters.codePointAt(i);
      int size = size(codePoint);
      if (!replace(bytes, from, from + size, mapped)) {
        mapped.appendCodePoint(codePoint);
      }
      from += size;
    }
  }

  private static int size(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
  }

  /**
   * Appends the replacement for some bytes, if there is one. The shortest rule for the beginning of
   * the bytes replaces all of them, as in Hugging Face's tokenizers.
   */
  private boolean replace(byte[] bytes, int from, int to, StringBuilder mapped) {
    int node = offset(trie[0]);
    for (int i = from; i < to; i++) {
      int label = bytes[i] & 0xFF;
      node ^= label;
      if (label == 0 || node >= trie.length || (trie[node] & LABEL) != label) {
        return false;
      }
      boolean hasLeaf = (trie[node] & HAS_LEAF) != 0;
      node ^= offset(trie[node]);
      if (hasLeaf) {
        append(trie[node] & Integer.MAX_VALUE, mapped);
        return true;
      }
    }
    return false;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & IS_FAR) >>> 6);
  }

  private void append(int start, StringBuilder mapped) {
    int end = start;
    while (replacements[end] != 0) {
      end++;
    }
    mapped.append(new String(replacements, start, end - start, StandardCharsets.UTF_8));
  }
}
