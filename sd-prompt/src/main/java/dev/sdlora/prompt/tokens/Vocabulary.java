package dev.sdlora.prompt.tokens;

import dev.sdlora.prompt.bytepairs.ByteAlphabet;
import dev.sdlora.prompt.bytepairs.BytePairs;
import dev.sdlora.prompt.bytepairs.Merges;
import dev.sdlora.prompt.bytepairs.NamedMerges;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * CLIP's vocabulary. Ids 0 to 255 are bytes within a word, 256 to 511 bytes that end a word. From
 * 512 on, each id is a pair of earlier ids, and its distance from 512 is the rank of the pair.
 */
final class Vocabulary {
  private static final int BYTES = ByteAlphabet.SIZE;
  private static final int PAIRS = 48_894;
  private static final String END_OF_WORD = "</w>";

  private final Merges merges;

  private Vocabulary(BufferedReader lines) throws IOException {
    NamedMerges named = new NamedMerges(names(), PAIRS);
    for (int pair = 0; pair < PAIRS; pair++) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the list of merges has " + pair + " lines, expected " + PAIRS);
      }
      int space = line.indexOf(' ');
      named.add(line.substring(0, space), line.substring(space + 1));
    }
    merges = named.toMerges();
  }

  static Vocabulary load() throws IOException {
    try (BufferedReader lines =
        Resources.reader(new GZIPInputStream(Resources.open("merges.txt.gz"), 1 << 16))) {
      return new Vocabulary(lines);
    }
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(2 * BYTES);
    for (String end : List.of("", END_OF_WORD)) {
      for (int i = 0; i < BYTES; i++) {
        names.add(ByteAlphabet.nameAt(i) + end);
      }
    }
    return names;
  }

  /** Returns the ids of a word that is not empty. */
  int[] encode(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      ids[i] = ByteAlphabet.indexOf(bytes[i]);
    }
    ids[bytes.length - 1] += BYTES;
    return BytePairs.join(ids, merges);
  }

  boolean endsWord(int id) {
    int[] parts = merges.parts(id);
    return parts[parts.length - 1] >= BYTES;
  }

  byte[] bytes(int id) {
    int[] parts = merges.parts(id);
    byte[] bytes = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = ByteAlphabet.byteAt(parts[i] % BYTES);
    }
    return bytes;
  }
}
