package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.tensors.file.ReplacedFile;
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

/** Writes images as PNG files with their settings, and reads the settings back. */
public final class PngFiles {
  static final String KEYWORD = "parameters";

  /** The signature and the header chunk, which every PNG begins with: 8 + 12 + 13 bytes. */
  private static final int HEAD_BYTES = 33;

  private PngFiles() {}

  /**
   * The bytes of an 8-bit RGB PNG with an image and its settings in the text chunk {@code
   * parameters}: a {@code tEXt} chunk if they are Latin-1, otherwise {@code iTXt}, as A1111 does.
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
   * Writes an image without settings as a PNG, whatever the name ends in. The file appears whole or
   * not at all.
   *
   * @throws ImageFileException if it cannot be written; nothing is left behind
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
   * The settings in a PNG: the text {@code parameters}, or what another program wrote or hid in the
   * pixels, put as A1111 would.
   *
   * @throws ImageFileException if the file is missing, is damaged or has no such text
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
                    .map(known -> known.notRead(source))
                    .orElseGet(() -> reader.noText(KEYWORD)));
  }

  /**
   * A text of a PNG, if it has one.
   *
   * @param keyword under which it stands
   * @throws ImageFileException if the file is missing, is not a PNG or is damaged
   */
  public static Optional<String> findText(Path file, String keyword) {
    return new PngReader(ImageSource.of(file)).text(keyword);
  }

  private static byte[] encode(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Given a plain stream, ImageIO would go through a file in the system's temporary folder.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IOException("this Java runtime has no PNG writer");
      }
    }
    return bytes.toByteArray();
  }
}
