package dev.sdlora.prompt.qwen;

import dev.sdlora.prompt.bytepairs.ByteAlphabet;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Byte-pair encoding on names, as it is explained: the whole word is searched after each merge. */
final class NaiveBytePairs {
  private static final int PAIRS = 151_387;

  final Map<String, Integer> ids = new HashMap<>();
  final List<String> merges = new ArrayList<>();
  private final Map<String, Integer> ranks = new HashMap<>();

  NaiveBytePairs() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      names.add(String.valueOf(ByteAlphabet.nameAt(i)));
    }
    byte[] planes = new byte[6 * PAIRS];
    try (InputStream resource =
            Objects.requireNonNull(
                QwenTokenizer.class.getResourceAsStream("merges.bin.gz"), "merges.bin.gz");
        DataInputStream in = new DataInputStream(new GZIPInputStream(resource))) {
      in.readFully(planes);
      if (in.read() >= 0) {
        throw new IOException("the resource is longer than expected");
      }
    }
    for (int rank = 0; rank < PAIRS; rank++) {
      String left = names.get(symbol(planes, rank));
      String right = names.get(symbol(planes, 3 * PAIRS + rank));
      names.add(left + right);
      merges.add(left + " " + right);
      ranks.put(left + " " + right, rank);
    }
    names.forEach(name -> ids.put(name, ids.size()));
  }

  private static int symbol(byte[] planes, int at) {
    return (planes[at] & 0xFF) << 16
        | (planes[at + PAIRS] & 0xFF) << 8
        | (planes[at + 2 * PAIRS] & 0xFF);
  }

  List<Integer> encode(String word) {
    List<String> symbols = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(String.valueOf(ByteAlphabet.nameAt(ByteAlphabet.indexOf(b))));
    }
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = ranks.getOrDefault(symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols.stream().map(name -> Objects.requireNonNull(ids.get(name))).toList();
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
