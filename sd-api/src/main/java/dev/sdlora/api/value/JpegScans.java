package dev.sdlora.api.value;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The scans of a JPEG file. A progressive one goes over all of its blocks in each scan, and a scan
 * that changes nothing takes a few bytes, so that a small file can take hours to decode.
 */
final class JpegScans {
  /** Scans times pixels; a progressive image of 8192x8192 pixels has about ten scans. */
  private static final long MOST_WORK = 1L << 30;

  private static final int START_OF_IMAGE = 0xffd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final int FIRST_FRAME = 0xc0;
  private static final int LAST_FRAME = 0xcf;
  private static final int HUFFMAN_TABLES = 0xc4;

  private JpegScans() {}

  /**
   * Refuses a JPEG that would take too long to decode; other files pass.
   *
   * @param in at the start of the file, where it is afterwards
   * @return whether it is a JPEG of several scans
   * @throws IOException if there are too many scans, or the file cannot be read
   */
  static boolean requireFew(ImageInputStream in) throws IOException {
    in.mark();
    boolean several = false;
    try {
      DataInputStream data = new DataInputStream(new BufferedInputStream(new Adapter(in)));
      several = data.readUnsignedShort() == START_OF_IMAGE;
      several = several && walk(data) > 1;
    } catch (EOFException e) {
      // Cut short, after any number of scans; its decoder reads what there is.
    } finally {
      in.reset();
    }
    return several;
  }

  /** Returns the number of scans. */
  private static long walk(DataInputStream data) throws IOException {
    long pixels = 1;
    long scans = 0;
    while (true) {
      int marker = marker(data);
      if (marker == END_OF_IMAGE) {
        return scans;
      }
      int length = hasLength(marker) ? Math.max(0, data.readUnsignedShort() - 2) : 0;
      if (isFrame(marker) && length >= 5) {
        data.readUnsignedByte(); // Bits of a sample.
        pixels = Math.max(1, (long) data.readUnsignedShort() * data.readUnsignedShort());
        length -= 5;
      }
      scans += marker == START_OF_SCAN ? 1 : 0;
      if (scans > Math.max(1, MOST_WORK / pixels)) {
        throw new IIOException(
            "it has more than %s scans of %s pixels, which would take too long to decode"
                .formatted(scans - 1, pixels));
      }
      data.skipNBytes(length);
    }
  }

  /** The next marker; 0xff 0x00 stands for a byte of data. */
  private static int marker(DataInputStream data) throws IOException {
    int value = data.readUnsignedByte();
    while (true) {
      while (value != 0xff) {
        value = data.readUnsignedByte();
      }
      while (value == 0xff) { // Several may stand in a row.
        value = data.readUnsignedByte();
      }
      if (value != 0) {
        return value;
      }
    }
  }

  private static boolean hasLength(int marker) {
    return marker > END_OF_IMAGE || (marker >= FIRST_FRAME && marker <= LAST_FRAME);
  }

  private static boolean isFrame(int marker) {
    return marker >= FIRST_FRAME && marker <= LAST_FRAME && marker != HUFFMAN_TABLES;
  }

  /** An image stream as a plain one, which is not closed. */
  private static final class Adapter extends InputStream {
    private final ImageInputStream in;

    Adapter(ImageInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, length);
    }
  }
}
