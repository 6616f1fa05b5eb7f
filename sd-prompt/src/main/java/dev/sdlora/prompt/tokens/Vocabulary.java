package dev.sdlora.prompt.tokens;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * CLIP's vocabulary. Ids 0 to 255 are bytes within a word, 256 to 511 bytes that end a word. From
 * 512 on, each id is a pair of earlier ids, and its distance from 512 is the rank of the pair.
 */
final class Vocabulary {
  static final int BYTES = 256;
  private static final int FIRST_PAIR = 2 * BYTES;
  private static final int PAIRS = 48_894;
  private static final String END_OF_WORD = "</w>";

  private final int[] idOfByte = new int[BYTES];
  private final byte[] byteOfId = new byte[BYTES];
  private final int[] left = new int[PAIRS];
  private final int[] right = new int[PAIRS];
  private final PairTable idOfPair = new PairTable();

  private Vocabulary(BufferedReader merges) throws IOException {
    Map<String, Integer> ids = new HashMap<>(1 << 17);
    addBytes(ids);
    for (int pair = 0; pair < PAIRS; pair++) {
      String line = merges.readLine();
      if (line == null) {
        throw new IOException("the list of merges has " + pair + " lines, expected " + PAIRS);
      }
      int space = line.indexOf(' ');
      String leftName = line.substring(0, space);
      String rightName = line.substring(space + 1);
      left[pair] = earlier(leftName, ids);
      right[pair] = earlier(rightName, ids);
      idOfPair.put(left[pair], right[pair], FIRST_PAIR + pair);
      ids.put(leftName.concat(rightName), FIRST_PAIR + pair);
    }
  }

  static Vocabulary load() throws IOException {
    try (BufferedReader merges =
        Resources.reader(new GZIPInputStream(Resources.open("merges.txt.gz"), 1 << 16))) {
      return new Vocabulary(merges);
    }
  }

  /**
   * Assigns ids to the bytes under their names in the list of merges: first the printable
   * characters of Latin-1 under their own name, then the others under the characters from U+0100
   * on.
   */
  private void addBytes(Map<String, Integer> ids) {
    int printable = 0;
    for (int b = 0; b < BYTES; b++) {
      if (isPrintable(b)) {
        addByte(b, printable++, (char) b, ids);
      }
    }
    int others = 0;
    for (int b = 0; b < BYTES; b++) {
      if (!isPrintable(b)) {
        addByte(b, printable + others, (char) (0x100 + others), ids);
        others++;
      }
    }
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }

  private void addByte(int b, int id, char name, Map<String, Integer> ids) {
    idOfByte[b] = id;
    byteOfId[id] = (byte) b;
    ids.put(String.valueOf(name), id);
    ids.put(name + END_OF_WORD, BYTES + id);
  }

  private static int earlier(String name, Map<String, Integer> ids) throws IOException {
    Integer id = ids.get(name);
    if (id == null) {
      throw new IOException("the list of merges joins '" + name + "' before defining it");
    }
    return id;
  }

  /** Returns the id of a byte within a word. */
  int idOfByte(byte b) {
    return idOfByte[b & 0xFF];
  }

  /** Returns the id of a pair of neighbouring ids, or -1 if it has none. */
  int idOfPair(int left, int right) {
    return idOfPair.get(left, right);
  }

  boolean endsWord(int id) {
    return id >= FIRST_PAIR ? endsWord(right[id - FIRST_PAIR]) : id >= BYTES;
  }

  byte[] bytes(int id) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    addBytes(id, bytes);
    return bytes.toByteArray();
  }

  private void addBytes(int id, ByteArrayOutputStream bytes) {
    if (id >= FIRST_PAIR) {
      addBytes(left[id - FIRST_PAIR], bytes);
      addBytes(right[id - FIRST_PAIR], bytes);
    } else {
      bytes.write(byteOfId[id % BYTES]);
    }
  }
}
