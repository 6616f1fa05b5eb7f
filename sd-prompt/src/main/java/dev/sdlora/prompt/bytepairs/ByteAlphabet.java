package dev.sdlora.prompt.bytepairs;

/**
 * The characters that stand for bytes in vocabularies since GPT-2: the printable characters of
 * Latin-1 for themselves, and those from U+0100 on for the other bytes. The order of the alphabet
 * is that of GPT-2's ids: first the printable characters, then the others.
 */
public final class ByteAlphabet {
  /** The number of bytes. */
  public static final int SIZE = 256;

  private static final char FIRST_SUBSTITUTE = 0x100;
  private static final byte[] BYTES = new byte[SIZE];
  private static final char[] NAMES = new char[SIZE];
  private static final int[] INDEXES = new int[SIZE];

  static {
    int index = 0;
    for (int b = 0; b < SIZE; b++) {
      if (isPrintable(b)) {
        add(b, index++, (char) b);
      }
    }
    int printable = index;
    for (int b = 0; b < SIZE; b++) {
      if (!isPrintable(b)) {
        add(b, index, (char) (FIRST_SUBSTITUTE + index - printable));
        index++;
      }
    }
  }

  private ByteAlphabet() {}

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }

  private static void add(int b, int index, char name) {
    BYTES[index] = (byte) b;
    NAMES[index] = name;
    INDEXES[b] = index;
  }

  /** Returns the place of a byte in the alphabet, from 0 to 255. */
  public static int indexOf(byte b) {
    return INDEXES[b & 0xFF];
  }

  /** Returns the byte at a place of the alphabet, from 0 to 255. */
  public static byte byteAt(int index) {
    return BYTES[index];
  }

  /** Returns the character at a place of the alphabet, from 0 to 255. */
  public static char nameAt(int index) {
    return NAMES[index];
  }
}
