package dev.sdlora.testkit;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small JPEG files that take a long time to decode. */
public final class SlowJpeg {
  private SlowJpeg() {}

  /**
   * Creates a black progressive JPEG whose last scan, which refines nothing, is repeated many
   * times.
   *
   * @param width pixels
   * @param height pixels
   * @param more the number of repetitions of the last scan
   * @return the bytes of the file
   * @throws IOException never
   */
  public static byte[] ofScans(int width, int height, int more) throws IOException {
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
}
