package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.infotext.NovelAiTexts;
import dev.sdlora.infotext.OtherProgram;
import dev.sdlora.tensors.io.ReplacedFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes PNG files with settings, and reads the settings back. */
public final class PngFiles {
  static final String KEYWORD = "parameters";

  /** The signature and the header chunk at the start of every PNG: 8 + 12 + 13 bytes. */
  private static final int HEAD_BYTES = 33;

  private PngFiles() {}

  /**
   * Encodes an image as an 8-bit RGB PNG with its settings in the text chunk {@code parameters}: a
   * {@code tEXt} chunk if they are Latin-1, otherwise {@code iTXt}, as in A1111.
   */
  static byte[] encode(GeneratedImage image) throws IOException {
    byte[] png = encode(image.toBufferedImage());
    byte[] text = TextChunk.encode(KEYWORD, image.infotext());
    return ByteBuffer.allocate(png.length + text.length)
        .put(png, 0, HEAD_BYTES)
        .put(text)
        .put(png, HEAD_BYTES, png.length - HEAD_BYTES)
        .array();
  }

  /**
   * Writes an image without settings as a PNG, whatever the file's extension. The write is atomic.
   *
   * @throws ImageFileException if it cannot be written; no partial file remains
   */
  public static void save(BufferedImage image, Path file) {
    try {
      byte[] png = encode(image);
      ReplacedFile.write(file, channel -> Channels.newOutputStream(channel).write(png));
    } catch (IOException e) {
      throw ImageErrors.notWritten(file, e);
    }
  }

  /**
   * Returns the settings in a PNG: the text {@code parameters}, or the text of another program or
   * hidden in the pixels, converted to A1111's format.
   *
   * @throws ImageFileException if the file is missing, damaged or has no settings
   */
  static String readInfotext(ImageSource source) {
    PngReader reader = new PngReader(source);
    Optional<String> text = reader.text(KEYWORD);
    if (text.isPresent()) {
      return ImageFiles.parameters(text.get(), source, reader.size());
    }
    Optional<OtherProgram> program = OtherProgram.ofKeywords(reader.otherKeywords());
    return NovelAiTexts.parameters(reader::text, reader.sides())
        .or(() -> program.flatMap(known -> known.parameters(reader::text, reader.size())))
        .or(() -> StealthText.find(source))
        .orElseThrow(
            () ->
                program
                    .map(known -> known.notRead(source.toString(), source.details()))
                    .orElseGet(() -> reader.noText(KEYWORD)));
  }

  /**
   * Returns a text of a PNG, if it has one.
   *
   * @param keyword the keyword of the text
   * @throws ImageFileException if the file is missing, is not a PNG or is damaged
   */
  public static Optional<String> findText(Path file, String keyword) {
    return new PngReader(ImageSource.of(file)).text(keyword);
  }

  private static byte[] encode(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Given a plain stream, ImageIO would use a temporary file.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IOException("this Java runtime has no PNG writer");
      }
    }
    return bytes.toByteArray();
  }
}
