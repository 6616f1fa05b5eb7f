package dev.sdlora.onnx.segment;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.onnx.session.OnnxNetwork;
import java.awt.Point;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * SAM, MobileSAM or SAM 2. The encoder takes nearly all of the time, so the last encoded images
 * stay in memory: further points of an image need the decoder alone.
 */
public final class Sam implements SegmentationModel {
  /** An encoded image has 4 to 17 MB. */
  private static final int MOST_ENCODED = 2;

  private final SamEncoder encoder;
  private final SamDecoder decoder;
  private final ReentrantLock encoding = new ReentrantLock(true);
  private final Map<Image, Encoded> encoded = new LinkedHashMap<>(4, 0.75f, true);

  private Sam(SamEncoder encoder, SamDecoder decoder) {
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /**
   * Opens the two files.
   *
   * @throws dev.sdlora.api.error.CheckpointException if a file holds another kind of network
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public static Sam open(Path encoder, Path decoder) {
    OnnxNetwork first = OnnxNetwork.open(encoder);
    try {
      SamEncoder images = new SamEncoder(first);
      OnnxNetwork second = OnnxNetwork.open(decoder);
      try {
        SamDecoder masks = new SamDecoder(second);
        masks.requireFits(images);
        return new Sam(images, masks);
      } catch (RuntimeException | Error e) {
        second.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  @Override
  public Image mask(Image image, List<Point> inside, List<Point> outside) {
    Objects.requireNonNull(image, "image");
    List<Point> in = List.copyOf(inside);
    List<Point> out = List.copyOf(outside);
    if (in.isEmpty()) {
      throw new IllegalArgumentException("inside must have at least one point");
    }
    requireOn(image, in, "inside");
    requireOn(image, out, "outside");
    return decoder.mask(encoded(image), encoder, image, in, out);
  }

  private static void requireOn(Image image, List<Point> points, String name) {
    for (Point point : points) {
      if (point.x < 0 || point.y < 0 || point.x >= image.width() || point.y >= image.height()) {
        throw new IllegalArgumentException(
            "%s must have points of the image of %sx%s pixels: %s, %s"
                .formatted(name, image.width(), image.height(), point.x, point.y));
      }
    }
  }

  private Encoded encoded(Image image) {
    try {
      encoding.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("no mask was made: the thread was interrupted");
    }
    try {
      Encoded known = encoded.get(image);
      if (known == null) {
        known = encoder.encode(image);
        encoded.put(image, known);
        if (encoded.size() > MOST_ENCODED) {
          encoded.remove(encoded.keySet().iterator().next());
        }
      }
      return known;
    } finally {
      encoding.unlock();
    }
  }

  @Override
  public void close() {
    encoder.close();
    decoder.close();
  }
}
