package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PictureReadTest {
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

    Picture read =
        Picture.read(
            new ByteArrayInputStream(png.toByteArray()) {
              @Override
              public void close() {
                closed.set(true);
              }
            });

    assertThat(read).isEqualTo(Picture.read(file)).isEqualTo(Picture.of(image));
    assertThat(closed).isFalse();
    // Rows of every strip, and white where nothing was.
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

    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(ImageFileException.class)
        .hasMessage("image file '" + file + "' has 20000x20000 pixels; at most 67108864 are read");
    assertThatThrownBy(() -> Picture.read(new ByteArrayInputStream(gif)))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image stream has 20000x20000 pixels");
  }

  /** A progressive JPEG whose last scan, which refines nothing, comes many times. */
  private static byte[] jpegOfScans(int width, int height, int more) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(jpeg)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.setOutput(out);
      writer.write(
          null,
          new IIOImage(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), null, null),
          param);
    }
    writer.dispose();
    byte[] whole = jpeg.toByteArray();
    int last = whole.length - 2;
    while ((whole[last] & 0xff) != 0xff || (whole[last + 1] & 0xff) != 0xda) {
      last--;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(whole, 0, last);
    for (int i = 0; i < more; i++) {
      all.write(whole, last, whole.length - 2 - last);
    }
    all.write(whole, whole.length - 2, 2);
    return all.toByteArray();
  }

  @Test
  void read_jpegOfManyScans_isRefusedBeforeItsPixels() throws IOException {
    Picture once = Picture.read(new ByteArrayInputStream(jpegOfScans(64, 64, 1)));
    byte[] few = jpegOfScans(1024, 1024, 5);
    byte[] many = jpegOfScans(1024, 1024, 2000);

    assertThat(once.width()).isEqualTo(64);
    assertThat(Picture.read(new ByteArrayInputStream(few)).width()).isEqualTo(1024);
    assertThatThrownBy(() -> Picture.read(new ByteArrayInputStream(many)))
        .isInstanceOf(ImageFileException.class)
        .hasMessage(
            "image stream could not be read: it has more than 1024 scans of 1048576 pixels, which"
                + " would take too long to decode");
  }

  @Test
  void requireHeap_moreThanHalfOfIt_isRefused() {
    long heap = 256L << 20;
    // One byte as it is decoded and three as it is kept: 4 · 32 · 2²⁰ are half of the heap.
    ImageDecoder.requireHeap("image", 8192, 4096, 1, heap);
    assertThatThrownBy(() -> ImageDecoder.requireHeap("image", 8192, 8192, 1, heap))
        .isInstanceOf(ImageFileException.class)
        .hasMessage(
            "image has 8192x8192 pixels, which take 256 MB of the heap; at most half of its 256 MB"
                + " are taken for a picture (raise -Xmx, or make the picture smaller)");
    assertThatThrownBy(() -> ImageDecoder.requireHeap("image", 8192, 4096, 4, heap))
        .isInstanceOf(ImageFileException.class);
  }

  @Test
  void read_damagedOrOther_isOneException() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "no picture");
    assertThatThrownBy(() -> Picture.read(text))
        .hasMessage("image file '" + text + "' is of a format that this Java cannot read");
    Path cut = Files.write(folder.resolve("b.gif"), gif(10, 10));
    assertThatThrownBy(() -> Picture.read(cut))
        .isInstanceOf(ImageFileException.class)
        .hasMessageStartingWith("image file '" + cut + "' could not be read: ");
  }

  /** A GIF of one colour table of two and no pixels. */
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
