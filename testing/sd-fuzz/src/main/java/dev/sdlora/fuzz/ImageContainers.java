package dev.sdlora.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Minimal image files with given contents; checksums are 0 because they are not verified. */
final class ImageContainers {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BMP_HEAD = 54;

  /** Rows of images that hide a stream. */
  private static final int HEIGHT = 8;

  /** Columns between the blocks of an image that hides a stream, including both borders. */
  private static final int MIDDLE = 6;

  private ImageContainers() {}

  /** Creates a PNG header for 8 × 8 pixels, without pixels. */
  static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PNG);
    out.writeBytes(chunk("IHDR", new byte[] {0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0}));
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  /** Creates a PNG with bytes in the lowest bits of its alpha channel, down its columns. */
  static byte[] transparent(byte[] stream) throws IOException {
    int columns = Math.max(1, (stream.length + HEIGHT / 8 - 1) / (HEIGHT / 8));
    BufferedImage image = new BufferedImage(columns, HEIGHT, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < columns * HEIGHT; i++) {
      int bit = i / 8 < stream.length ? stream[i / 8] >> (7 - i % 8) & 1 : 0;
      image.setRGB(i / HEIGHT, i % HEIGHT, (0xfe | bit) << 24 | 0x509070);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      ImageIO.write(image, "png", out);
    }
    return png.toByteArray();
  }

  /** Creates a PNG chunk with a keyword and Latin-1 text. */
  static byte[] text(String keyword, byte[] text) {
    return chunk("tEXt", bytes(keyword + "\0"), text);
  }

  /** Creates a PNG chunk with a keyword and UTF-8 text. */
  static byte[] internationalText(String keyword, byte[] text) {
    return chunk("iTXt", bytes(keyword + "\0\0\0\0\0"), text);
  }

  private static byte[] chunk(String type, byte[]... parts) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      data.writeBytes(part);
    }
    return ByteBuffer.allocate(12 + data.size())
        .putInt(data.size())
        .put(bytes(type))
        .put(data.toByteArray())
        .array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Creates a JPEG with EXIF data of less than 64 KB. */
  static byte[] jpeg(byte[] exif) {
    byte[] mark = bytes("Exif\0\0");
    return ByteBuffer.allocate(8 + mark.length + exif.length)
        .putShort((short) 0xffd8)
        .putShort((short) 0xffe1)
        .putShort((short) (2 + mark.length + exif.length))
        .put(mark)
        .put(exif)
        .putShort((short) 0xffd9)
        .array();
  }

  /** Creates a WebP file with EXIF data. */
  static byte[] webp(byte[] exif) {
    return ByteBuffer.allocate(20 + exif.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(bytes("RIFF"))
        .putInt(12 + exif.length)
        .put(bytes("WEBPEXIF"))
        .putInt(exif.length)
        .put(exif)
        .array();
  }

  /** Creates a BMP with a stream in the lowest bits of two blocks, covered with A1111's mask. */
  static byte[] hiding(byte[] stream) {
    int block = Math.max(1, (stream.length + 3 * HEIGHT - 1) / (3 * HEIGHT));
    int width = 2 * block + MIDDLE;
    int rowBytes = (3 * width + 3) / 4 * 4;
    byte[] bmp = head(width, rowBytes);
    long mask = 0;
    for (int row = 0; row < HEIGHT; row++) {
      // Rows are stored bottom-up, colours as blue, green, red.
      int start = BMP_HEAD + (HEIGHT - 1 - row) * rowBytes;
      for (int i = 0; i < 3 * MIDDLE; i++) {
        boolean border = i < 3 || i >= 3 * (MIDDLE - 1);
        bmp[start + 3 * block + i] = (byte) (border ? 0 : 0x55);
      }
      for (int i = 0; i < 3 * block; i++) {
        int at = 3 * block * row + i;
        int value = at < stream.length ? stream[at] & 0xff : 0;
        mask = (1664525 * mask + 1013904223) & 0xffff_ffffL;
        int half = (int) (mask % 255) & 0x0f;
        int place = start + i / 3 * 3 + 2 - i % 3;
        bmp[place] = (byte) (0x10 | ((value & 0x0f) ^ half));
        bmp[place + 3 * (block + MIDDLE)] = (byte) (0x10 | ((value >> 4) ^ half));
      }
    }
    return bmp;
  }

  private static byte[] head(int width, int rowBytes) {
    return ByteBuffer.allocate(BMP_HEAD + rowBytes * HEIGHT)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'B')
        .put((byte) 'M')
        .putInt(BMP_HEAD + rowBytes * HEIGHT)
        .putInt(0)
        .putInt(BMP_HEAD)
        .putInt(40)
        .putInt(width)
        .putInt(HEIGHT)
        .putShort((short) 1)
        .putShort((short) 24)
        .array();
  }
}
