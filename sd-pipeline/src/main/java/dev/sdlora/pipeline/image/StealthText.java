package dev.sdlora.pipeline.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.infotext.NovelAiTexts;
import dev.sdlora.infotext.OtherProgram;
import dev.sdlora.tensors.io.Inflated;
import dev.sdlora.tensors.io.SettingsJson;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.DataFormatException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The text in the lowest bits of a PNG's pixels, as written by NovelAI and by A1111's extension
 * "Stealth PNGInfo" because websites remove text chunks: a mark, the number of bits that follow,
 * and UTF-8 text, plain or compressed with gzip. The bits run down the columns, from left to right:
 * one bit of each pixel's alpha channel, or three of its colour channels. Only the columns that
 * contain the text are decoded.
 */
final class StealthText {
  private static final int MARK_BYTES = 15;
  private static final int HEAD_BYTES = MARK_BYTES + 4;
  private static final int COLOUR_BITS = 8;

  /** Maximum size of images that are searched: 8,192 × 8,192. */
  private static final long MAX_PIXELS = 1 << 26;

  /** Maximum file size; no model creates larger images. */
  private static final int MAX_FILE = 128 << 20;

  private final ImageReader reader;
  private final int width;
  private final int height;

  private StealthText(ImageReader reader) throws IOException {
    this.reader = reader;
    this.width = reader.getWidth(0);
    this.height = reader.getHeight(0);
  }

  /**
   * Returns the settings in the pixels of a PNG in A1111's format; empty if there are none or they
   * cannot be read.
   */
  static Optional<String> find(ImageSource source) {
    return source.reading(
        bytes -> {
          if (bytes.size() > MAX_FILE) {
            return Optional.empty();
          }
          return find(bytes.copy(0, (int) bytes.size())).flatMap(StealthText::parameters);
        });
  }

  /** Returns the raw text in the pixels of a PNG. */
  @SuppressWarnings(
      "CatchingUnchecked") // Java's PNG reader throws many exception types for damaged files.
  static Optional<String> find(byte[] png) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in, false, true);
      Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
      if (!types.hasNext()) {
        return Optional.empty();
      }
      ColorModel colours = types.next().getColorModel();
      boolean plain =
          !(colours instanceof IndexColorModel)
              && colours.getNumColorComponents() == 3
              && colours.getComponentSize(0) == COLOUR_BITS;
      return plain ? new StealthText(reader).find(colours.hasAlpha()) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // a damaged image has no hidden text
    } finally {
      reader.dispose();
    }
  }

  private Optional<String> find(boolean transparent) throws IOException {
    if ((long) width * height > MAX_PIXELS) {
      return Optional.empty();
    }
    for (Place place : Place.values()) {
      if (place == Place.COLOURS || transparent) {
        Optional<String> text = find(place);
        if (text.isPresent()) {
          return text;
        }
      }
    }
    return Optional.empty();
  }

  /** The channels that contain the bits. */
  private enum Place {
    TRANSPARENCY("stealth_png", 24),
    COLOURS("stealth_rgb", 16, 8, 0);

    private final String mark;

    @SuppressWarnings("ImmutableEnumChecker") // never modified
    private final int[] shifts;

    Place(String mark, int... shifts) {
      this.mark = mark;
      this.shifts = shifts;
    }
  }

  private Optional<String> find(Place place) throws IOException {
    byte[] head = bytes(place, HEAD_BYTES);
    if (head.length < HEAD_BYTES) {
      return Optional.empty();
    }
    String mark = new String(head, 0, MARK_BYTES, StandardCharsets.ISO_8859_1);
    boolean packed = mark.equals(place.mark + "comp");
    long bits = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(MARK_BYTES));
    long length = bits / Byte.SIZE;
    if ((!packed && !mark.equals(place.mark + "info")) || length > TextChunk.MAX_BYTES) {
      return Optional.empty();
    }
    byte[] whole = bytes(place, HEAD_BYTES + (int) length);
    if (whole.length < HEAD_BYTES + length) {
      return Optional.empty(); // the image was cropped
    }
    try {
      byte[] text =
          packed
              ? Inflated.gzip(whole, HEAD_BYTES, TextChunk.MAX_BYTES)
              : Arrays.copyOfRange(whole, HEAD_BYTES, whole.length);
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    } catch (DataFormatException e) {
      return Optional.empty(); // stored with lossy compression
    }
  }

  /** Returns the first bytes; fewer if the image is too small. */
  private byte[] bytes(Place place, int count) throws IOException {
    int perColumn = height * place.shifts.length;
    long wanted = ((long) count * Byte.SIZE + perColumn - 1) / perColumn;
    int columns = (int) Math.min(width, wanted);
    ImageReadParam param = reader.getDefaultReadParam();
    param.setSourceRegion(new Rectangle(0, 0, columns, height));
    BufferedImage image = reader.read(0, param);
    byte[] bytes = new byte[(int) Math.min(count, (long) columns * perColumn / Byte.SIZE)];
    for (int i = 0; i < bytes.length * Byte.SIZE; i++) {
      int pixel = i / place.shifts.length;
      int rgb = image.getRGB(pixel / height, pixel % height);
      int bit = rgb >> place.shifts[i % place.shifts.length] & 1;
      bytes[i / Byte.SIZE] |= (byte) (bit << (7 - i % Byte.SIZE));
    }
    return bytes;
  }

  /** Converts the text of A1111, of NovelAI (as a JSON object) or of another program. */
  private static Optional<String> parameters(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    Optional<OtherProgram> program = OtherProgram.ofText(text);
    if (program.isEmpty()) {
      return Optional.of(text);
    }
    try {
      JsonNode json = SettingsJson.parse(text);
      return NovelAiTexts.parameters(
              keyword ->
                  Optional.of(json.path(keyword))
                      .filter(JsonNode::isTextual)
                      .map(JsonNode::textValue),
              "")
          .or(() -> program.get().parameters(text, Optional.empty()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
