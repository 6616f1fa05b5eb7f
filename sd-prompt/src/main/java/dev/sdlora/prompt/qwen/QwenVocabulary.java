package dev.sdlora.prompt.qwen;

import dev.sdlora.prompt.bytepairs.ByteAlphabet;
import dev.sdlora.prompt.bytepairs.BytePairs;
import dev.sdlora.prompt.bytepairs.Merges;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.zip.GZIPInputStream;

/**
 * A vocabulary of byte pairs: the merges, whose basic symbols are the bytes in the order of {@link
 * ByteAlphabet}, and the id of each symbol. Immutable.
 */
final class QwenVocabulary {
  static final int NONE = -1;

  /**
   * The merges of Qwen3, in which symbols are ids: the left symbols by rank, then the right ones,
   * both as three planes with the high, the middle and the low byte of each symbol. This takes less
   * space and a fraction of the loading time of a list of names.
   */
  private static final String RESOURCE = "merges.bin.gz";

  private static final int PAIRS = 151_387;

  private final Merges merges;
  private final int[] idOfSymbol;
  private final int[] symbolOfId;

  /**
   * Creates a vocabulary.
   *
   * @param idOfSymbol the id of each symbol, or {@link #NONE}; not copied, must not be changed
   */
  QwenVocabulary(Merges merges, int[] idOfSymbol) {
    this.merges = merges;
    this.idOfSymbol = idOfSymbol;
    symbolOfId = new int[Arrays.stream(idOfSymbol).max().orElse(NONE) + 1];
    Arrays.fill(symbolOfId, NONE);
    for (int symbol = idOfSymbol.length - 1; symbol >= 0; symbol--) {
      if (idOfSymbol[symbol] != NONE) {
        symbolOfId[idOfSymbol[symbol]] = symbol;
      }
    }
  }

  static QwenVocabulary standard() throws IOException {
    try (InputStream resource = QwenVocabulary.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new FileNotFoundException(
            "the resource " + RESOURCE + " is missing next to " + QwenVocabulary.class.getName());
      }
      InputStream planes = new GZIPInputStream(resource, 1 << 16);
      Merges merges = new Merges(ByteAlphabet.SIZE, symbols(planes), symbols(planes));
      int[] ids = new int[ByteAlphabet.SIZE + PAIRS];
      Arrays.setAll(ids, symbol -> symbol);
      return new QwenVocabulary(merges, ids);
    }
  }

  private static int[] symbols(InputStream planes) throws IOException {
    int[] symbols = new int[PAIRS];
    for (int plane = 0; plane < 3; plane++) {
      byte[] bytes = planes.readNBytes(PAIRS);
      for (int rank = 0; rank < PAIRS; rank++) {
        symbols[rank] = (symbols[rank] << Byte.SIZE) | (bytes[rank] & 0xFF);
      }
    }
    return symbols;
  }

  /** Passes on the ids of a word. Bytes without an id are left out, as by Hugging Face. */
  void encode(String word, IntConsumer ids) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] symbols = new int[bytes.length];
    int size = 0;
    for (byte b : bytes) {
      int symbol = ByteAlphabet.indexOf(b);
      if (idOfSymbol[symbol] != NONE) {
        symbols[size++] = symbol;
      }
    }
    for (int symbol : BytePairs.join(Arrays.copyOf(symbols, size), merges)) {
      ids.accept(idOfSymbol[symbol]);
    }
  }

  /**
   * Returns the bytes of a token.
   *
   * @throws IllegalArgumentException if there is no token with this id
   */
  byte[] bytes(int id) {
    if (id < 0 || id >= symbolOfId.length || symbolOfId[id] == NONE) {
      throw new IllegalArgumentException("the vocabulary has no token " + id);
    }
    int[] parts = merges.parts(symbolOfId[id]);
    byte[] bytes = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = ByteAlphabet.byteAt(parts[i]);
    }
    return bytes;
  }

  /** Returns the highest id, plus 1. */
  int size() {
    return symbolOfId.length;
  }
}
