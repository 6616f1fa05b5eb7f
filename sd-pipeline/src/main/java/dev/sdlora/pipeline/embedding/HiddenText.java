package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.EmbeddingException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The text that A1111 hides in the pixels of a picture, where web sites do not remove it. Left of
 * the picture proper stands a block with the lower halves of the bytes of a zlib stream, right of
 * it one with the upper halves, each separated from it by a black column. A half is the lowest four
 * bits of a colour, in the order of rows, columns, and red, green, blue; over them lies a fixed
 * sequence of pseudo-random numbers.
 */
final class HiddenText {
  /** A text of 75 vectors for SDXL has 4 MB. */
  private static final int MAX_BYTES = 64 << 20;

  /** A1111 adds some hundred columns to a picture of 512 × 512. */
  private static final long MAX_PIXELS = 1 << 25;

  /** What a zlib stream begins with; the second byte tells the level, which is the highest. */
  private static final int ZLIB = 0x78;

  private final BufferedImage image;
  private final int firstColumn;
  private final int lastColumn;
  private final int firstRow;
  private final int lastRow;

  private HiddenText(BufferedImage image) {
    this.image = image;
    this.firstColumn = first(image.getWidth(), this::isColumnBright);
    this.lastColumn = last(image.getWidth(), this::isColumnBright);
    this.firstRow = first(image.getHeight(), this::isRowBright);
    this.lastRow = last(image.getHeight(), this::isRowBright);
  }

  /**
   * The text in a picture, if there is one and the picture is in a format that Java can read.
   *
   * @throws EmbeddingException if it is damaged, as when the picture was stored with loss
   * @throws IOException if the picture cannot be read
   */
  static Optional<String> find(Path path) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return Optional.empty();
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        return pixels > MAX_PIXELS ? Optional.empty() : new HiddenText(reader.read(0)).find();
      } finally {
        reader.dispose();
      }
    }
  }

  private Optional<String> find() {
    int left = firstColumn;
    while (left <= lastColumn && !isBorder(left)) {
      left++;
    }
    int right = lastColumn;
    while (right > left && !isBorder(right)) {
      right--;
    }
    int width = left - firstColumn;
    if (right <= left || width == 0 || lastColumn - right != width) {
      return Optional.empty();
    }
    byte[] stream = new byte[width * (lastRow - firstRow + 1) * 3];
    Mask mask = new Mask();
    for (int i = 0; i < stream.length; i++) {
      int column = i / 3 % width;
      int row = firstRow + i / 3 / width;
      int half = mask.next();
      int lower = half(firstColumn + column, row, i % 3) ^ half;
      int upper = half(right + 1 + column, row, i % 3) ^ half;
      stream[i] = (byte) (upper << 4 | lower);
    }
    return stream[0] == ZLIB ? Optional.of(inflate(stream)) : Optional.empty();
  }

  /** Without the black margin that viewers may have added. */
  private static int first(int size, IntPredicate bright) {
    int i = 0;
    while (i < size - 1 && !bright.test(i)) {
      i++;
    }
    return i;
  }

  private static int last(int size, IntPredicate bright) {
    int i = size - 1;
    while (i > 0 && !bright.test(i)) {
      i--;
    }
    return i;
  }

  private boolean isColumnBright(int column) {
    for (int row = 0; row < image.getHeight(); row++) {
      if (isBright(column, row)) {
        return true;
      }
    }
    return false;
  }

  private boolean isRowBright(int row) {
    for (int column = 0; column < image.getWidth(); column++) {
      if (isBright(column, row)) {
        return true;
      }
    }
    return false;
  }

  private boolean isBright(int column, int row) {
    int rgb = image.getRGB(column, row);
    return (rgb & 0xff0000) != 0 && (rgb & 0xff00) != 0 && (rgb & 0xff) != 0;
  }

  /** Whether all lowest four bits of a column are 0. */
  private boolean isBorder(int column) {
    for (int row = firstRow; row <= lastRow; row++) {
      if ((image.getRGB(column, row) & 0x0f0f0f) != 0) {
        return false;
      }
    }
    return true;
  }

  private int half(int column, int row, int colour) {
    return image.getRGB(column, row) >> (16 - 8 * colour) & 0x0f;
  }

  private static String inflate(byte[] stream) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stream);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      while (!inflater.finished()) {
        int count = inflater.inflate(buffer);
        if ((count == 0 && !inflater.finished()) || text.size() > MAX_BYTES) {
          throw new DataFormatException("it has no end");
        }
        text.write(buffer, 0, count);
      }
      return text.toString(StandardCharsets.UTF_8);
    } catch (DataFormatException e) {
      throw new EmbeddingException(
          "has an embedding in its pixels that is damaged, probably by storing the picture with"
              + " loss: "
              + e.getMessage(),
          e);
    } finally {
      inflater.end();
    }
  }

  /** Numerical Recipes' quick generator from 0 on, each number modulo 255, its lowest four bits. */
  static final class Mask {
    private long state;

    int next() {
      state = (1664525 * state + 1013904223) & 0xffff_ffffL;
      return (int) (state % 255) & 0x0f;
    }
  }
}
