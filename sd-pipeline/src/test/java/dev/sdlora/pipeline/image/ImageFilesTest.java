package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageFilesTest {
  private static final String TEXT = "Füße, 猫 🐈\nSteps: 20, Sampler: Euler, Seed: 1";

  @TempDir Path folder;

  @Test
  void save_jpeg_isAPictureWithItsSettings() throws IOException {
    Path file = folder.resolve("a.JPG");

    ImageFiles.save(image(TEXT), file);

    assertThat(ImageFiles.readInfotext(file)).isEqualTo(TEXT);
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(16);
    // SOI, then APP1 with Exif, as in A1111's files.
    assertThat(Arrays.copyOf(Files.readAllBytes(file), 4)).containsExactly(0xff, 0xd8, 0xff, 0xe1);
  }

  @Test
  void jpeg_isWhatSaveWrites() throws IOException {
    Path file = folder.resolve("a.jpg");

    ImageFiles.save(image(TEXT), file);

    assertThat(image(TEXT).jpeg()).isEqualTo(Files.readAllBytes(file));
  }

  private static byte[] repeated(byte[] start, byte[] part, int times) {
    ByteBuffer file = ByteBuffer.allocate(start.length + part.length * times).put(start);
    for (int i = 0; i < times; i++) {
      file.put(part);
    }
    return file.array();
  }

  @Test
  void readParameters_ofCountlessEmptyChunks_isRefused() throws IOException {
    byte[] png = Arrays.copyOf(PngFiles.encode(image(TEXT)), 33);
    byte[] pngChunk = {0, 0, 0, 0, 'a', 'b', 'C', 'd', 0, 0, 0, 0};
    byte[] webp = "RIFF\0\0\0\0WEBP".getBytes(StandardCharsets.ISO_8859_1);
    byte[] webpChunk = {'a', 'b', 'c', 'd', 0, 0, 0, 0};
    byte[] jpeg = {(byte) 0xff, (byte) 0xd8};
    byte[] segment = {(byte) 0xff, (byte) 0xe2, 0, 2};
    for (byte[] file :
        List.of(
            repeated(png, pngChunk, 200_000),
            repeated(webp, webpChunk, 200_000),
            repeated(jpeg, segment, 200_000))) {
      assertThatThrownBy(() -> ImageFiles.readInfotext(new ByteArrayInputStream(file)))
          .isInstanceOf(ImageFileException.class)
          .hasMessage("image stream has more than 100000 chunks");
    }
  }

  @Test
  void jpeg_ofAQuality_hasTheSettings() {
    byte[] noise = new byte[3 * 64 * 64];
    new Random(1).nextBytes(noise);
    GeneratedImage image = new GeneratedImage(Image.of(64, 64, noise), 1, TEXT);

    assertThat(image.jpeg(80)).isEqualTo(image.jpeg());
    assertThat(image.jpeg(5)).hasSizeLessThan(image.jpeg(100).length);
    assertThat(GeneratedImage.readInfotext(new ByteArrayInputStream(image.jpeg(5))))
        .isEqualTo(TEXT);
    assertThatThrownBy(() -> image.jpeg(101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("quality must be from 0 to 100: 101");
  }

  @Test
  void save_jpegWithTooLongSettings_isRefused() {
    Path file = folder.resolve("a.jpg");

    assertThatThrownBy(() -> ImageFiles.save(image("x".repeat(40_000)), file))
        .isInstanceOf(ImageFileException.class)
        .hasMessageContaining("cannot hold settings of 40000 characters");
    assertThat(file).doesNotExist();
  }

  @Test
  void readParameters_jpegWithOtherSegmentsFirst_isRead() throws IOException {
    byte[] exif = join(latin1("Exif\0\0"), ExifComment.encode(TEXT));
    Path file =
        write(
            latin1("\u00ff\u00d8"),
            segment(0xe0, latin1("JFIF\0rest")),
            segment(0xe1, latin1("http://ns.adobe.com/xap/1.0/\0<x/>")),
            segment(0xe1, exif),
            latin1("\u00ff\u00d9"));

    assertThat(ImageFiles.readInfotext(file)).isEqualTo(TEXT);
  }

  @Test
  void readParameters_webp_isReadWithAndWithoutExifMark() throws IOException {
    byte[] tiff = ExifComment.encode(TEXT);

    assertThat(ImageFiles.readInfotext(webp(tiff))).isEqualTo(TEXT);
    assertThat(ImageFiles.readInfotext(webp(join(latin1("Exif\0\0"), tiff)))).isEqualTo(TEXT);
    assertThatThrownBy(() -> ImageFiles.readInfotext(webp(new byte[0])))
        .isInstanceOf(ImageFileException.class)
        .hasMessageContaining("holds no EXIF UserComment");
  }

  @Test
  void decode_everyOrderOfBytes_isUnderstood() {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      assertThat(ExifComment.decode(tiff(order, "UNICODE\0", StandardCharsets.UTF_16BE)))
          .contains(TEXT);
      assertThat(ExifComment.decode(tiff(order, "UNICODE\0", StandardCharsets.UTF_16LE)))
          .contains(TEXT);
      assertThat(ExifComment.decode(tiff(order, "ASCII\0\0\0", StandardCharsets.UTF_8)))
          .contains(TEXT);
    }
  }

  @Property(tries = 2000)
  void decode_corruptedData_isATextOrNothing(@ForAll long choice) {
    Random random = new Random(choice);
    byte[] exif = ExifComment.encode(TEXT);
    for (int i = random.nextInt(4); i >= 0; i--) {
      exif[random.nextInt(60)] = (byte) random.nextInt(256);
    }

    assertThat(ExifComment.decode(Arrays.copyOf(exif, random.nextInt(exif.length + 1))))
        .isNotNull();
  }

  @Test
  void readParameters_novelAi_isTheTextThatA1111Makes() throws IOException {
    byte[] header = ByteBuffer.allocate(13).putInt(512).putInt(768).put(8, (byte) 8).array();
    Path file =
        write(
            latin1("\u0089PNG\r\n\u001a\n"),
            chunk("IHDR", header),
            chunk("tEXt", latin1("Description\0a {cat}")),
            chunk("tEXt", latin1("Software\0NovelAI")),
            chunk(
                "tEXt",
                latin1(
                    "Comment\0{\"steps\": 28, \"sampler\": \"k_euler_ancestral\", \"seed\": 7,"
                        + " \"strength\": 0.69, \"scale\": 11.0, \"uc\": \"lowres\","
                        + " \"noise_schedule\": \"karras\"}")),
            chunk("IEND", new byte[0]));

    String text = ImageFiles.readInfotext(file);

    assertThat(text)
        .isEqualTo(
            "a (cat:1.05)\nNegative prompt: lowres\nSteps: 28, Sampler: Euler a, Schedule type:"
                + " Karras, CFG scale: 11, Seed: 7, Size: 512x768, Clip skip: 2, ENSD: 31337,"
                + " NovelAI strength: 0.69, Version: NovelAI");
    assertThat(PromptSpec.fromInfotext(text).samplerOptions().ensd()).isEqualTo(31337);
  }

  private Path webp(byte[] exif) throws IOException {
    byte[] odd = chunkOfRiff("VP8 ", new byte[] {1, 2, 3});
    byte[] rest = join(latin1("WEBP"), odd, chunkOfRiff("EXIF", exif));
    return write(latin1("RIFF"), littleEndian(rest.length), rest);
  }

  private static byte[] chunkOfRiff(String type, byte[] data) {
    byte[] padding = new byte[data.length % 2];
    return join(latin1(type), littleEndian(data.length), data, padding);
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] tiff(ByteOrder order, String code, Charset charset) {
    byte[] text = join(latin1(code), TEXT.getBytes(charset));
    ByteBuffer tiff = ByteBuffer.allocate(44 + text.length).order(order);
    tiff.putShort((short) (order == ByteOrder.BIG_ENDIAN ? 0x4d4d : 0x4949));
    tiff.putShort((short) 42).putInt(8);
    tiff.putShort((short) 1).putShort((short) 0x8769).putShort((short) 4).putInt(1).putInt(26);
    tiff.putInt(0).putShort((short) 1).putShort((short) 0x9286).putShort((short) 7);
    return tiff.putInt(text.length).putInt(44).putInt(0).put(text).array();
  }

  private static byte[] segment(int marker, byte[] data) {
    return join(
        ByteBuffer.allocate(4)
            .putShort((short) (0xff00 | marker))
            .putShort((short) (data.length + 2))
            .array(),
        data);
  }

  private static byte[] chunk(String type, byte[] data) {
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(latin1(type))
        .put(data)
        .array();
  }

  private static GeneratedImage image(String parameters) {
    return new GeneratedImage(Image.of(16, 8, new byte[3 * 16 * 8]), 1, parameters);
  }

  private Path write(byte[]... parts) throws IOException {
    return Files.write(folder.resolve("a.bin"), join(parts));
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
}
