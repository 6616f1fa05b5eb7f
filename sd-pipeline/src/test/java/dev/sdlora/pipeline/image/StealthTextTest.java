package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of texts in the lowest bits of pixels. */
final class StealthTextTest {
  private static final String TEXT =
      """
      a cat, 猫
      Negative prompt: blurry
      Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 64x64\
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {"stealth_pnginfo", "stealth_pngcomp", "stealth_rgbinfo", "stealth_rgbcomp"})
  void readParameters_textInPixels_isRead(String mark) {
    byte[] picture = hiding(mark, TEXT.getBytes(StandardCharsets.UTF_8), 64, 48);

    assertThat(ImageFiles.readInfotext(new ByteArrayInputStream(picture))).isEqualTo(TEXT);
  }

  @Test
  void readParameters_novelAiInTransparency_isReadLikeItsTexts() {
    String json =
        """
        {"Description": "a {cat}", "Software": "NovelAI", "Source": "V3",
         "Comment": "{\\"steps\\": 28, \\"sampler\\": \\"k_euler\\", \\"seed\\": 7, \\"scale\\": 5, \
         \\"uc\\": \\"lowres\\", \\"width\\": 832, \\"height\\": 1216, \\"prompt\\": \\"a {cat}\\"}"}
        """;
    byte[] picture = hiding("stealth_pngcomp", json.getBytes(StandardCharsets.UTF_8), 64, 64);

    assertThat(ImageFiles.readInfotext(new ByteArrayInputStream(picture)))
        .isEqualTo(
            "a (cat:1.05)\nNegative prompt: lowres\nSteps: 28, Sampler: Euler, Schedule type:"
                + " Automatic, CFG scale: 5, Seed: 7, Size: 832x1216, Clip skip: 2, Version:"
                + " NovelAI");
  }

  @Property(tries = 60)
  void find_anySize_isTheTextOrNothing(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 0, max = 60) int length) {
    byte[] text = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
    boolean fits = (15 + 4 + length) * 8 <= width * height;

    assertThat(StealthText.find(hiding("stealth_pnginfo", text, width, height)))
        .isEqualTo(fits ? Optional.of("x".repeat(length)) : Optional.empty());
  }

  @Property(tries = 300)
  void find_damagedPicture_isATextOrNothing(@ForAll long choice) {
    Random random = new Random(choice);
    byte[] picture =
        hiding("stealth_pngcomp", TEXT.getBytes(StandardCharsets.UTF_8), 40, 40).clone();
    for (int i = random.nextInt(5); i >= 0; i--) {
      picture[random.nextInt(picture.length)] = (byte) random.nextInt(256);
    }

    assertThat(StealthText.find(Arrays.copyOf(picture, random.nextInt(picture.length + 1))))
        .isNotNull();
  }

  @Test
  void find_lengthBeyondThePicture_isNothing() {
    byte[] head =
        ByteBuffer.allocate(19)
            .put("stealth_pnginfo".getBytes(StandardCharsets.UTF_8))
            .putInt(-8)
            .array();

    assertThat(StealthText.find(png(head, 64, 64, true))).isEmpty();
    assertThat(StealthText.find(png(head, 8, 8, true))).isEmpty();
  }

  @Test
  void find_bomb_isNotUnpacked() {
    byte[] bomb = gzip(new byte[TextChunk.MAX_BYTES + 1]);

    assertThat(StealthText.find(hiding("stealth_pngcomp", bomb, 512, 512, false))).isEmpty();
  }

  private static byte[] hiding(String mark, byte[] text, int width, int height) {
    return hiding(mark, text, width, height, mark.endsWith("comp"));
  }

  private static byte[] hiding(String mark, byte[] text, int width, int height, boolean pack) {
    byte[] data = pack ? gzip(text) : text;
    byte[] stream =
        ByteBuffer.allocate(mark.length() + 4 + data.length)
            .put(mark.getBytes(StandardCharsets.UTF_8))
            .putInt(data.length * 8)
            .put(data)
            .array();
    return png(stream, width, height, mark.contains("png"));
  }

  /** Returns an image with bits down its columns; those that do not fit are omitted. */
  private static byte[] png(byte[] stream, int width, int height, boolean transparent) {
    int type = transparent ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(width, height, type);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        int pixel = x * height + y;
        int rgb = 0x509070;
        int alpha = 0xfe;
        if (transparent) {
          alpha |= bit(stream, pixel);
        } else {
          rgb |= bit(stream, 3 * pixel) << 16 | bit(stream, 3 * pixel + 1) << 8;
          rgb |= bit(stream, 3 * pixel + 2);
        }
        image.setRGB(x, y, alpha << 24 | rgb);
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      assertThat(ImageIO.write(image, "png", png)).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }

  private static int bit(byte[] stream, int index) {
    return index / 8 < stream.length ? stream[index / 8] >> (7 - index % 8) & 1 : 0;
  }

  private static byte[] gzip(byte[] data) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
