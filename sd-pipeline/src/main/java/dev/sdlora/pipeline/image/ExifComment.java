package dev.sdlora.pipeline.image;

import dev.sdlora.infotext.OtherProgram;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The EXIF field {@code UserComment}, in which A1111 stores settings in JPEG and WebP files; Exif
 * 2.32, sections 4.6.2 and 4.6.5.
 */
final class ExifComment {
  private static final int DESCRIPTION = 0x010e;
  private static final int MAKE = 0x010f;
  private static final int MODEL = 0x0110;
  private static final int EXIF_IFD = 0x8769;
  private static final int USER_COMMENT = 0x9286;
  private static final int LONG = 4;
  private static final int UNDEFINED = 7;
  private static final int ENTRY_BYTES = 12;

  /**
   * Size of a directory with one entry: the entry count, the entry, and a null link to the next
   * one.
   */
  private static final int DIRECTORY_BYTES = 2 + ENTRY_BYTES + 4;

  private static final int HEADER_BYTES = 8;
  private static final byte[] NAME = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] UNICODE = "UNICODE\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ASCII = "ASCII\0\0\0".getBytes(StandardCharsets.US_ASCII);

  private final ByteBuffer tiff;

  private ExifComment(ByteBuffer tiff) {
    this.tiff = tiff;
  }

  /** Returns EXIF data that contains only this comment, as big-endian UTF-16. */
  static byte[] encode(String comment) {
    byte[] text = comment.getBytes(StandardCharsets.UTF_16BE);
    int exifAt = HEADER_BYTES + DIRECTORY_BYTES;
    int textAt = exifAt + DIRECTORY_BYTES;
    int length = UNICODE.length + text.length;
    ByteBuffer tiff = ByteBuffer.allocate(textAt + length);
    tiff.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(HEADER_BYTES);
    putDirectory(tiff, EXIF_IFD, LONG, 1, exifAt);
    putDirectory(tiff, USER_COMMENT, UNDEFINED, length, textAt);
    return tiff.put(UNICODE).put(text).array();
  }

  private static void putDirectory(ByteBuffer tiff, int tag, int type, int count, int value) {
    tiff.putShort((short) 1).putShort((short) tag).putShort((short) type);
    tiff.putInt(count).putInt(value).putInt(0);
  }

  /**
   * Returns the comment in EXIF data, with or without the prefix {@code Exif}. Empty if there is no
   * comment or the data is malformed.
   */
  static Optional<String> decode(byte[] exif) {
    boolean named =
        exif.length >= NAME.length && Arrays.equals(NAME, Arrays.copyOf(exif, NAME.length));
    int start = named ? NAME.length : 0;
    ByteBuffer tiff = ByteBuffer.wrap(exif, start, exif.length - start).slice();
    try {
      short order = tiff.getShort();
      tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      return new ExifComment(tiff).read();
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private Optional<String> read() {
    if (tiff.getShort(2) != 42) {
      return Optional.empty();
    }
    int root = tiff.getInt(4);
    int exif = entry(root, EXIF_IFD);
    return (exif < 0 ? Optional.<String>empty() : comment(tiff.getInt(exif + 8)))
        .or(() -> comment(root))
        .or(() -> graph(root));
  }

  /**
   * Returns the comment in a directory. Fooocus writes it to the first directory, as text without a
   * character code.
   */
  private Optional<String> comment(int directory) {
    int entry = entry(directory, USER_COMMENT);
    return value(entry)
        .map(value -> text(value, tiff.getShort(entry + 2)))
        .filter(text -> !text.isBlank());
  }

  /**
   * Returns the node graph that ComfyUI, or one of its nodes, stores as the camera's maker or model
   * or as the description. Prefers the executed graph to the graph of the user interface.
   */
  private Optional<String> graph(int directory) {
    List<String> graphs =
        Stream.of(MODEL, MAKE, DESCRIPTION)
            .flatMap(tag -> value(entry(directory, tag)).stream())
            .map(value -> withoutEnd(new String(value, StandardCharsets.UTF_8)))
            .filter(text -> OtherProgram.ofText(text).isPresent())
            .toList();
    return graphs.stream()
        .filter(text -> text.regionMatches(true, 0, "prompt", 0, 6))
        .findFirst()
        .or(() -> graphs.stream().findFirst());
  }

  /**
   * Returns the value bytes of an entry; empty if there is no entry or the bytes are out of bounds.
   */
  private Optional<byte[]> value(int entry) {
    if (entry < 0) {
      return Optional.empty();
    }
    int length = tiff.getInt(entry + 4);
    int at = length <= 4 ? entry + 8 : tiff.getInt(entry + 8);
    if (length <= 0 || at < 0 || length > tiff.limit() - at) {
      return Optional.empty();
    }
    byte[] value = new byte[length];
    tiff.get(at, value);
    return Optional.of(value);
  }

  /** Returns the offset of the entry with this tag, or -1. */
  private int entry(int directory, int tag) {
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    for (int i = 0; i < entries; i++) {
      int at = directory + 2 + i * ENTRY_BYTES;
      if (Short.toUnsignedInt(tiff.getShort(at)) == tag) {
        return at;
      }
    }
    return -1;
  }

  private static String text(byte[] value, int type) {
    byte[] code = Arrays.copyOf(value, UNICODE.length);
    boolean unicode = Arrays.equals(code, UNICODE);
    boolean coded = type == UNDEFINED || unicode || Arrays.equals(code, ASCII);
    int start = coded ? Math.min(UNICODE.length, value.length) : 0;
    byte[] text = Arrays.copyOfRange(value, start, value.length);
    Charset charset = unicode ? utf16(text) : StandardCharsets.UTF_8;
    String comment = new String(text, charset);
    return withoutEnd(comment.startsWith("\ufeff") ? comment.substring(1) : comment);
  }

  /** Strips trailing zero bytes; EXIF texts end with one or more. */
  private static String withoutEnd(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Guesses the byte order, which the standard leaves open: A1111 and related programs always write
   * big-endian characters, others use the byte order of the file. Most characters of a settings
   * line are below 256, so their high byte is 0.
   */
  private static Charset utf16(byte[] text) {
    int zerosFirst = 0;
    for (int i = 0; i + 1 < text.length; i += 2) {
      zerosFirst += (text[i] == 0 ? 1 : 0) - (text[i + 1] == 0 ? 1 : 0);
    }
    return zerosFirst >= 0 ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }
}
