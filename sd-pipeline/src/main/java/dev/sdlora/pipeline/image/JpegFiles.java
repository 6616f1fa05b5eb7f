package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes JPEG files with settings in EXIF data, and reads the settings back. */
final class JpegFiles {
  /** A1111's default quality, out of 100. */
  static final int QUALITY = 80;

  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final int START = 0xffd8;
  private static final int END = 0xffd9;
  private static final int APP1 = 0xffe1;
  private static final int SCAN = 0xffda;

  /** Maximum length of a segment, including the length field. */
  private static final int MAX_SEGMENT = 0xffff;

  private JpegFiles() {}

  /**
   * Encodes an image with its settings.
   *
   * @param quality 0 to 100
   * @param subject the subject of error messages
   * @throws ImageFileException if the settings are too long for a JPEG
   */
  static byte[] encode(GeneratedImage image, int quality, String subject) throws IOException {
    byte[] exif = ExifComment.encode(image.infotext());
    int length = 2 + EXIF.length + exif.length;
    if (length > MAX_SEGMENT) {
      throw ImageErrors.error(
          subject,
          "cannot hold settings of %s characters: a JPEG holds about 32,000; save it as a PNG instead"
              .formatted(image.infotext().length()));
    }
    byte[] jpeg = pixels(image, quality);
    return ByteBuffer.allocate(2 + length + jpeg.length)
        .putShort((short) START)
        .putShort((short) APP1)
        .putShort((short) length)
        .put(EXIF)
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /**
   * Returns the settings in a JPEG.
   *
   * @throws ImageFileException if the file cannot be read or has no settings
   */
  static String readInfotext(ImageSource source) {
    return source
        .reading(bytes -> comment(source, bytes))
        .orElseThrow(() -> ImageErrors.noText(source, "EXIF UserComment"));
  }

  private static Optional<String> comment(ImageSource source, ImageSource.Bytes bytes)
      throws IOException {
    long at = 2;
    for (int segments = 1; at + 4 <= bytes.size(); segments++) {
      ImageErrors.requireFewParts(source, segments);
      ByteBuffer head = bytes.read(at, 4);
      int marker = Short.toUnsignedInt(head.getShort());
      int length = Short.toUnsignedInt(head.getShort());
      if (marker == SCAN || marker == END || marker < 0xff00 || length < 2) {
        break;
      }
      if (marker == APP1 && at + 2 + length <= bytes.size()) {
        Optional<String> comment = ExifComment.decode(bytes.copy(at + 4, length - 2));
        if (comment.isPresent()) {
          return comment;
        }
      }
      at += 2 + length;
    }
    return Optional.empty();
  }

  private static byte[] pixels(GeneratedImage image, int quality) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
