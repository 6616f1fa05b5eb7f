package dev.sdlora.api.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.testkit.SlowJpeg;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageReadTest {
  @TempDir Path folder;

  @Test
  void read_stream_isTheFilesPicture_andStaysOpen() throws IOException {
    BufferedImage image = new BufferedImage(5, 150, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < 150; y++) {
      image.setRGB(2, y, 0xff000000 | y << 16 | 7);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    Path file = Files.write(folder.resolve("a.png"), png.toByteArray());
    AtomicBoolean closed = new AtomicBoolean();

    Image read =
        Image.read(
            new ByteArrayInputStream(png.toByteArray()) {
              @Override
              public void close() {
                closed.set(true);
              }
            });

    assertThat(read).isEqualTo(Image.read(file)).isEqualTo(Image.of(image));
    assertThat(closed).isFalse();
    // There are rows of every strip, and white where there was no pixel.
    byte[] rgb = read.rgb();
    for (int y = 0; y < 150; y++) {
      int at = 3 * (y * 5 + 2);
      assertThat(new byte[] {rgb[at], rgb[at + 1], rgb[at + 2], rgb[at + 3]})
          .containsExactly((byte) y, (byte) 0, (byte) 7, (byte) 255);
    }
  }

  @Test
  void read_gifOfTwentyThousandSquared_isRefusedBeforeItsPixels() throws IOException {
    byte[] gif = gif(20_000, 20_000);
    assertThat(gif).hasSize(35);
    Path file = Files.write(folder.resolve("a.gif"), gif);

    assertThatThrownBy(() -> Image.read(file))
        .isInstanceOf(ImageFileException.class)
        .hasMessage("image file '" + file + "' has 20000x20000 pixels; the limit is 67108864");
    assertThatThrownBy(() -> Image.read(new ByteArrayInputStream(gif)))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image stream has 20000x20000 pixels");
  }

  @Test
  void read_jpegOfManyScans_isRefusedBeforeItsPixels() throws IOException {
    Image once = Image.read(new ByteArrayInputStream(SlowJpeg.ofScans(64, 64, 1)));
    byte[] few = SlowJpeg.ofScans(1024, 1024, 5);
    byte[] many = SlowJpeg.ofScans(1024, 1024, 2000);

    assertThat(once.width()).isEqualTo(64);
    assertThat(Image.read(new ByteArrayInputStream(few)).width()).isEqualTo(1024);
    assertThatThrownBy(() -> Image.read(new ByteArrayInputStream(many)))
        .isInstanceOf(ImageFileException.class)
        .hasMessage(
            "image stream could not be read: it has more than 1024 scans of 1048576 pixels, which"
                + " would take too long to decode");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif", "bmp", "jpeg", "scans"})
  void read_cancelledAtTheLastLook_ends(String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (format.equals("scans")) {
      bytes.write(SlowJpeg.ofScans(64, 64, 2000));
    } else {
      BufferedImage noise = new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB);
      Random random = new Random(1);
      noise.setRGB(0, 0, 300, 300, random.ints(300 * 300).toArray(), 0, 300);
      ImageIO.write(noise, format, bytes);
    }
    AtomicInteger looks = new AtomicInteger();
    Image read = cancelled(bytes.toByteArray(), () -> looks.incrementAndGet() < 0);
    int last = looks.getAndSet(0);

    assertThat(read.width()).isPositive();
    assertThat(last).isGreaterThan(10);
    assertThatThrownBy(() -> cancelled(bytes.toByteArray(), () -> looks.incrementAndGet() >= last))
        .isInstanceOf(GenerationCancelledException.class);
  }

  /**
   * A scan has only a few bytes, and the decoder may not receive them together with those of many
   * others.
   */
  @Test
  void read_jpegOfManyScans_looksBetweenThem() throws IOException {
    byte[] scans = SlowJpeg.ofScans(64, 64, 2000);
    AtomicInteger looks = new AtomicInteger();
    cancelled(scans, () -> looks.incrementAndGet() < 0);
    assertThat(looks.get()).isGreaterThan(2000 / 10);
  }

  private static Image cancelled(byte[] file, BooleanSupplier cancelled) {
    return CurrentWork.until(cancelled, () -> Image.read(new ByteArrayInputStream(file)));
  }

  @Test
  void read_byAnInterruptedThread_ends_andTheInterruptStays() throws IOException {
    Path file = Files.write(folder.resolve("a.jpg"), SlowJpeg.ofScans(64, 64, 1));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Image.read(file)).isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void requireHeap_moreThanHalfOfIt_isRefused() {
    long heap = 256L << 20;
    // One byte when decoded and three when kept: 4 · 32 · 2²⁰ is half of the heap.
    ImageDecoder.requireHeap("image", 8192, 4096, 1, heap);
    assertThatThrownBy(() -> ImageDecoder.requireHeap("image", 8192, 8192, 1, heap))
        .isInstanceOf(ImageFileException.class)
        .hasMessage(
            "image has 8192x8192 pixels, which need 256 MB of heap, but an image may use at most"
                + " half of the heap's 256 MB (raise -Xmx or use a smaller image)");
    assertThatThrownBy(() -> ImageDecoder.requireHeap("image", 8192, 4096, 4, heap))
        .isInstanceOf(ImageFileException.class);
  }

  @Test
  void read_damagedOrOther_isOneException() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "no picture");
    assertThatThrownBy(() -> Image.read(text))
        .hasMessage(
            "image file '"
                + text
                + "' is in a format that cannot be read; expected PNG, JPEG, GIF or BMP");
    Path cut = Files.write(folder.resolve("b.gif"), gif(10, 10));
    assertThatThrownBy(() -> Image.read(cut))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image file '" + cut + "' could not be read: ");
  }

  /** A GIF with a colour table of two colours and no pixels. */
  private static byte[] gif(int width, int height) {
    return ByteBuffer.allocate(35)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("GIF89a".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) width)
        .putShort((short) height)
        .put(new byte[] {(byte) 0x80, 0, 0, 0, 0, 0, 1, 1, 1})
        .put((byte) 0x2c)
        .putInt(0)
        .putShort((short) width)
        .putShort((short) height)
        .put(new byte[] {0, 2, 0, 0x3b, 0, 0})
        .array();
  }
}
