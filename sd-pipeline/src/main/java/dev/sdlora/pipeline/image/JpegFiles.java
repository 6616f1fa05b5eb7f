package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageFileException;
import dev.sdlora.tensors.file.ReplacedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures as JPEG files with their settings as EXIF data, and reads the settings back. */
final class JpegFiles {
  /** A1111's default, of 100. */
  private static final float QUALITY = 0.80f;

  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final int START = 0xffd8;
  private static final int END = 0xffd9;
  private static final int APP1 = 0xffe1;
  private static final int SCAN = 0xffda;

  /** What the length of a segment can say, itself included. */
  private static final int MAX_SEGMENT = 0xffff;

  private JpegFiles() {}

  /**
   * Writes a picture with its settings. The file appears whole or not at all.
   *
   * @throws ImageFileException if it cannot be written, or the settings are longer than a JPEG can
   *     hold
   */
  static void save(GeneratedImage image, Path file) {
    byte[] exif = ExifComment.encode(image.parameters());
    int length = 2 + EXIF.length + exif.length;
    if (length > MAX_SEGMENT) {
      throw ImageErrors.error(
          file,
          "cannot hold settings of %d characters: a JPEG has room for about 32,000; write a PNG"
              .formatted(image.parameters().length()));
    }
    try {
      byte[] jpeg = encode(image);
      ByteBuffer head = ByteBuffer.allocate(6).putShort((short) START);
      head.putShort((short) APP1).putShort((short) length);
      ReplacedFile.write(
          file,
          channel -> {
            OutputStream out = Channels.newOutputStream(channel);
            out.write(head.array());
            out.write(EXIF);
            out.write(exif);
            out.write(jpeg, 2, jpeg.length - 2);
          });
    } catch (IOException e) {
      throw ImageErrors.notWritten(file, e);
    }
  }

  /**
   * The settings in a JPEG.
   *
   * @throws ImageFileException if the file cannot be read or has none
   */
  static String readParameters(Path file) {
    return ImageErrors.reading(file, JpegFiles::comment)
        .orElseThrow(() -> ImageErrors.noText(file, "EXIF UserComment"));
  }

  private static Optional<String> comment(FileChannel channel) throws IOException {
    long at = 2;
    while (at + 4 <= channel.size()) {
      ByteBuffer head = FileBytes.read(channel, at, 4);
      int marker = Short.toUnsignedInt(head.getShort());
      int length = Short.toUnsignedInt(head.getShort());
      if (marker == SCAN || marker == END || marker < 0xff00 || length < 2) {
        break;
      }
      if (marker == APP1 && at + 2 + length <= channel.size()) {
        Optional<String> comment =
            ExifComment.decode(FileBytes.read(channel, at + 4, length - 2).array());
        if (comment.isPresent()) {
          return comment;
        }
      }
      at += 2 + length;
    }
    return Optional.empty();
  }

  private static byte[] encode(GeneratedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
