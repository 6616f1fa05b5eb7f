package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.value.ImageIoReader;
import dev.sdlora.tensors.io.Inflated;
import dev.sdlora.tensors.io.SettingsJson;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.DataFormatException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads the text that A1111 hides in the pixels of an image, where web sites do not remove it. A
 * block to the left of the image proper has the lower halves of the bytes of a zlib stream, a block
 * to the right has the upper halves; a black column separates each from the image. A half is the
 * lowest four bits of a colour, in the order of rows, columns, and red, green, blue, XORed with a
 * fixed sequence of pseudo-random numbers.
 */
final class HiddenText {
  /**
   * Upper bound. A1111 adds about a hundred columns to an image of 512×512, and 2,600 for 75
   * vectors of SDXL.
   */
  private static final long MAX_PIXELS = 1 << 23;

  /** One byte per channel: no other image format keeps the lowest four bits. */
  private static final int COLOUR_BITS = 8;

  /** The first byte of a zlib stream; the second is the level, which is the highest. */
  private static final int ZLIB = 0x78;

  private final BufferedImage image;
  private final int firstColumn;
  private final int lastColumn;
  private final int firstRow;
  private final int lastRow;

  /** The bitwise OR of all colours in each column. */
  private final int[] columns;

  private HiddenText(BufferedImage image) {
    this.image = image;
    BitSet brightColumns = new BitSet();
    BitSet brightRows = new BitSet();
    this.columns = new int[image.getWidth()];
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int x = 0; x < row.length; x++) {
        columns[x] |= row[x];
        if (isBright(row[x])) {
          brightColumns.set(x);
          brightRows.set(y);
        }
      }
    }
    // Exclude the black margin that viewers may have added.
    this.firstColumn = Math.max(brightColumns.nextSetBit(0), 0);
    this.lastColumn = Math.max(brightColumns.length() - 1, 0);
    this.firstRow = Math.max(brightRows.nextSetBit(0), 0);
    this.lastRow = Math.max(brightRows.length() - 1, 0);
  }

  /**
   * Returns the text in an image, if there is one and Java can read the image format.
   *
   * @throws EmbeddingException if it is damaged, for example by lossy compression
   * @throws IOException if the image cannot be read
   */
  static Optional<String> find(Path path) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
      return ImageIoReader.ask(in, HiddenText::find).flatMap(found -> found);
    }
  }

  private static Optional<String> find(ImageReader reader) throws IOException {
    return mayHold(reader) ? new HiddenText(reader.read(0)).find() : Optional.empty();
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

  /** Checks the file's header before allocating memory for its pixels. */
  private static boolean mayHold(ImageReader reader) throws IOException {
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (pixels > MAX_PIXELS || !types.hasNext()) {
      return false;
    }
    ColorModel colours = types.next().getColorModel();
    return colours.getNumComponents() >= 3
        && !(colours instanceof IndexColorModel)
        && colours.getComponentSize(0) == COLOUR_BITS;
  }

  private static boolean isBright(int rgb) {
    return (rgb & 0xff0000) != 0 && (rgb & 0xff00) != 0 && (rgb & 0xff) != 0;
  }

  /** Whether the lowest four bits are 0 in the whole column. */
  private boolean isBorder(int column) {
    return (columns[column] & 0x0f0f0f) == 0;
  }

  private int half(int column, int row, int colour) {
    return image.getRGB(column, row) >> (16 - 8 * colour) & 0x0f;
  }

  private static String inflate(byte[] stream) {
    try {
      return new String(Inflated.zlib(stream, 0, SettingsJson.MAX_BYTES), StandardCharsets.UTF_8);
    } catch (DataFormatException e) {
      throw new EmbeddingException(
          "has a damaged embedding in its pixels, probably because the image was saved with lossy"
              + " compression: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * The generator "quick and dirty" of Numerical Recipes, starting from 0; each value modulo 255,
   * its lowest four bits.
   */
  static final class Mask {
    private long state;

    int next() {
      state = (1664525 * state + 1013904223) & 0xffff_ffffL;
      return (int) (state % 255) & 0x0f;
    }
  }
}
