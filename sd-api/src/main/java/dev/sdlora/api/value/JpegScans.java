package dev.sdlora.api.value;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/**
 * Limits the number of scans of a JPEG file. A decoder processes all blocks of a progressive image
 * in each scan, and a scan without changes takes only a few bytes, so a small file could take hours
 * to decode.
 */
final class JpegScans {
  /** Maximum of scans × pixels; a progressive image of 8192x8192 pixels has about ten scans. */
  private static final long MOST_WORK = 1L << 30;

  private static final int START_OF_IMAGE = 0xffd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final int FIRST_FRAME = 0xc0;
  private static final int LAST_FRAME = 0xcf;
  private static final int HUFFMAN_TABLES = 0xc4;

  private JpegScans() {}

  /**
   * Rejects a JPEG that would take too long to decode; ignores other files.
   *
   * @param in a stream at the start of the file; its position is restored
   * @return whether the file is a JPEG with several scans
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
      // The file is truncated; its decoder reads the remaining scans.
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
        data.readUnsignedByte(); // Bits per sample.
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

  /** Returns the next marker; 0xff 0x00 is an escaped data byte. */
  private static int marker(DataInputStream data) throws IOException {
    int value = data.readUnsignedByte();
    while (true) {
      while (value != 0xff) {
        value = data.readUnsignedByte();
      }
      while (value == 0xff) { // Fill bytes.
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

  /** Adapts an image stream to a plain stream without closing it. */
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
