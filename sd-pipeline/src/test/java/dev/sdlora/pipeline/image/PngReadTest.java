package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.ImageFileException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PngReadTest {
  private static final byte[] SIGNATURE = latin1("\u0089PNG\r\n\u001a\n");
  private static final byte[] HEADER = chunk("IHDR", new byte[13]);
  private static final byte[] END = chunk("IEND", new byte[0]);

  @TempDir Path folder;

  @Test
  void readParameters_everyKindOfTextChunk_isRead() throws IOException {
    byte[] packed = deflate("Füße".getBytes(StandardCharsets.ISO_8859_1));
    byte[] packedUtf8 = deflate("猫".getBytes(StandardCharsets.UTF_8));

    assertThat(read("tEXt", latin1("parameters\0Füße\n"))).isEqualTo("Füße\n");
    assertThat(read("zTXt", join(latin1("parameters\0\0"), packed))).isEqualTo("Füße");
    assertThat(read("iTXt", join(latin1("parameters\0\0\0en\0x\0"), utf8("猫")))).isEqualTo("猫");
    assertThat(read("iTXt", join(latin1("parameters\0\1\0\0\0"), packedUtf8))).isEqualTo("猫");
    assertThat(read("tEXt", latin1("parameters\0"))).isEmpty();
  }

  @Test
  void readParameters_textBehindPixelsAndOtherTexts_isFound() throws IOException {
    Path file =
        write(
            SIGNATURE,
            HEADER,
            chunk("tEXt", latin1("Software\0x")),
            chunk("IDAT", new byte[100_000]),
            chunk("tEXt", latin1("parameters\0first")),
            chunk("tEXt", latin1("parameters\0second")),
            END);

    assertThat(ImageFiles.readInfotext(file)).isEqualTo("first");
  }

  @Test
  void readParameters_noSuchText_saysWhatThereIs() throws IOException {
    Path other = write(SIGNATURE, HEADER, chunk("tEXt", latin1("Comment\0{}")), END);
    assertRefused(other, "holds no text 'parameters' (only: Comment); many programs do not");

    Path plain = write(SIGNATURE, HEADER, END);
    assertRefused(plain, "holds no text 'parameters'; many programs do not write it");
  }

  @Test
  void readParameters_missingFileOrFolder_saysSo() {
    assertRefused(folder.resolve("missing.png"), "does not exist");
    assertRefused(folder, "is a folder");
  }

  @Test
  void readParameters_jpegNamedPng_isReadAsJpeg() throws IOException {
    Path file = folder.resolve("a.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "jpg", file.toFile());

    assertRefused(file, "holds no EXIF UserComment; many programs do not write it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|an empty file",
        "GIF89a|a GIF image",
        "BM1234|a BMP image",
        "1234ftypavif|an AVIF image",
        "1234ftypheic|a HEIC image",
        "<!DOCTYPE html>|an HTML page saved instead of an image",
        "version https://git-lfs.github.com/spec/v1|a Git LFS pointer",
        "hello|something else",
        "PNG|something else",
      })
  void readParameters_otherFile_saysWhatItLooksLike(String content, String what)
      throws IOException {
    assertRefused(write(latin1(content)), "is not a PNG, JPEG or WebP but " + what);
  }

  @Test
  void readParameters_damagedChunks_sayWhere() throws IOException {
    assertRefused(write(SIGNATURE), "is damaged: it ends at byte 8 without an end mark");
    assertRefused(write(SIGNATURE, HEADER), "is damaged: it ends at byte 33 without an end mark");
    assertRefused(write(SIGNATURE, END), "is damaged: the bytes at 8 are not a valid chunk header");
    assertRefused(
        write(SIGNATURE, HEADER, HEADER),
        "is damaged: the bytes at 33 are not a valid chunk header");
    assertRefused(
        write(SIGNATURE, HEADER, latin1("\u00ff\u00ff\u00ff\u00fftEXt1234")),
        "is damaged: its chunk tEXt at byte 33 claims 4294967295 bytes, but the file has only 45");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tEXt|parameters|it lacks a zero byte",
        "zTXt|parameters0|it ends early",
        "zTXt|parameters00x|its compressed data ends early",
        "zTXt|parameters00|its compressed data ends early",
        "iTXt|parameters00|it ends early",
        "iTXt|parameters000en|it lacks a zero byte",
        "iTXt|parameters00000\u00ff|it is not UTF-8",
      })
  void readParameters_damagedText_saysHow(String type, String data, String how) throws IOException {
    Path file = write(SIGNATURE, HEADER, chunk(type, latin1(data.replace('0', '\0'))), END);

    assertRefused(file, "is damaged: its text at byte 33 cannot be read: " + how);
  }

  @Test
  void readParameters_compressionBomb_isRefused() throws IOException {
    byte[] bomb = deflate(new byte[TextChunk.MAX_BYTES + 1]);
    Path file = write(SIGNATURE, HEADER, chunk("zTXt", join(latin1("parameters\0\0"), bomb)), END);

    assertRefused(file, "is damaged: its text at byte 33 cannot be read: it unpacks to more than");
  }

  @Test
  void readParameters_hugeText_isRefused() throws IOException {
    Path file = write(SIGNATURE, HEADER, chunk("tEXt", new byte[TextChunk.MAX_BYTES + 1]), END);

    assertRefused(file, "has a text of 16777217 bytes at byte 33; the maximum is 16777216");
  }

  @Test
  void text_manyPackedTexts_areBoundedTogether() throws IOException {
    byte[] packed = deflate(new byte[10 << 20]);
    PngReader reader =
        new PngReader(
            ImageSource.of(
                write(
                    SIGNATURE,
                    HEADER,
                    chunk("zTXt", join(latin1("prompt\0\0"), packed)),
                    chunk("iTXt", join(latin1("workflow\0\1\0\0\0"), packed)),
                    END)));

    assertThat(reader.text("prompt"))
        .hasValueSatisfying(text -> assertThat(text).hasSize(10 << 20));
    assertThat(reader.text("prompt")).isPresent(); // It is counted only once.
    assertThatThrownBy(() -> reader.text("workflow"))
        .isInstanceOf(ImageFileException.class)
        .hasMessageContaining("has texts of 20971520 characters in total; the maximum is 16777216");
  }

  private String read(String type, byte[] data) throws IOException {
    return ImageFiles.readInfotext(write(SIGNATURE, HEADER, chunk(type, data), END));
  }

  private Path write(byte[]... parts) throws IOException {
    return Files.write(folder.resolve("a.png"), join(parts));
  }

  private static void assertRefused(Path file, String predicate) {
    assertThatThrownBy(() -> ImageFiles.readInfotext(file))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image file '" + file + "' " + predicate);
  }

  /** Returns a chunk with a checksum of 0, which the reader does not verify. */
  private static byte[] chunk(String type, byte[] data) {
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(latin1(type))
        .put(data)
        .array();
  }

  private static byte[] deflate(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
