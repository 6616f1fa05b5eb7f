package dev.sdlora.pipeline.embedding;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/** Creates images that contain embeddings, as A1111 does. */
final class TestImages {
  private static final int HEAD_BYTES = 33;

  private TestImages() {}

  /** Returns an embedding of multiples of 1/64. */
  static String json(String name, int vectors, int width) {
    String rows =
        IntStream.range(0, vectors)
            .mapToObj(
                row ->
                    IntStream.range(row * width, (row + 1) * width)
                        .mapToObj(i -> Float.toString(i / 64f))
                        .collect(Collectors.joining(", ", "[", "]")))
            .collect(Collectors.joining(", ", "[", "]"));
    return "{\"string_to_token\": {\"*\": 265}, \"string_to_param\": {\"*\": {\"TORCHTENSOR\": "
        + rows
        + "}}, \"name\": \""
        + name
        + "\", \"step\": 500, \"sd_checkpoint\": null}";
  }

  /** Creates random colours other than black. */
  static BufferedImage noise(int width, int height) {
    Random random = new Random(1);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt() | 0x010101);
    }
    return image;
  }

  /** Writes a PNG with the text in Base64. */
  static void withText(Path path, String json) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageIO.write(noise(8, 8), "png", plain);
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes("tEXtsd-ti-embedding\0".getBytes(StandardCharsets.ISO_8859_1));
    chunk.writeBytes(Base64.getEncoder().encode(json.getBytes(StandardCharsets.UTF_8)));
    CRC32 checksum = new CRC32();
    checksum.update(chunk.toByteArray());
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(path))) {
      out.write(plain.toByteArray(), 0, HEAD_BYTES);
      out.writeInt(chunk.size() - 4);
      out.write(chunk.toByteArray());
      out.writeInt((int) checksum.getValue());
      out.write(plain.toByteArray(), HEAD_BYTES, plain.size() - HEAD_BYTES);
    }
  }

  /**
   * Writes a PNG with the text in the lowest bits of blocks next to the image.
   *
   * @param margin the width of the black border
   */
  static void withPixels(Path path, String json, int height, int margin) throws IOException {
    byte[] stream = deflate(json.getBytes(StandardCharsets.UTF_8));
    int columns = stream.length / (3 * height) + 1;
    int width = 20;
    BufferedImage image =
        new BufferedImage(
            2 * columns + 2 + width + 2 * margin, height + 2 * margin, BufferedImage.TYPE_INT_RGB);
    image.createGraphics().drawImage(noise(width, height), margin + columns + 1, margin, null);
    Random style = new Random(2);
    HiddenText.Mask mask = new HiddenText.Mask();
    for (int pixel = 0; pixel < columns * height; pixel++) {
      int lower = 0;
      int upper = 0;
      for (int colour = 0; colour < 3; colour++) {
        // The rest is filled by repeating the stream; the upper bits are arbitrary.
        int value = stream[(3 * pixel + colour) % stream.length] & 0xff;
        int random = mask.next();
        int shade = 16 + 16 * style.nextInt(15);
        lower = lower << 8 | shade | ((value & 15) ^ random);
        upper = upper << 8 | shade | ((value >> 4) ^ random);
      }
      int x = margin + pixel % columns;
      image.setRGB(x, margin + pixel / columns, lower);
      image.setRGB(x + columns + width + 2, margin + pixel / columns, upper);
    }
    ImageIO.write(image, "png", path.toFile());
  }

  private static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] buffer = new byte[bytes.length + 100];
    int length = deflater.deflate(buffer);
    deflater.end();
    return java.util.Arrays.copyOf(buffer, length);
  }
}
