package dev.sdlora.api.image;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds things in images, such as faces, hands or people. A {@link DetailPass} repaints what a
 * detector finds. Applications can implement it; {@link #open} runs networks in ONNX files.
 *
 * <p>Implementations must be thread-safe.
 */
public interface Detector extends AutoCloseable {

  /**
   * Opens a network in an ONNX file: YuNet, or a YOLO network for boxes or masks, as exported by
   * Ultralytics. Requires the module sd-onnx and ONNX Runtime.
   *
   * @param file an {@code .onnx} file
   * @return the detector, which holds native memory until it is closed
   * @throws CheckpointException if the file holds another kind of network; the message names its
   *     outputs
   * @throws TensorFileException if the file is missing, damaged, or not an ONNX file
   * @throws IllegalStateException if sd-onnx or ONNX Runtime is missing
   */
  static Detector open(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(ImageNetworks.class, "sd-onnx").openDetector(file);
  }

  /**
   * {@return the name by which a {@link DetailPass} chooses this detector, such as {@code face}}
   */
  String name();

  /** {@return the labels that finds can have; empty, the default, if they are not known} */
  default List<String> labels() {
    return List.of();
  }

  /**
   * Finds things in an image.
   *
   * @param image an image of any size
   * @param confidence the least confidence of a find, 0 to 1
   * @return the finds, the most confident first; empty if there are none
   */
  List<Found> find(Image image, double confidence);

  /** Frees what the detector holds. Does nothing by default. */
  @Override
  default void close() {}

  /**
   * A thing found in an image, in pixels from the top left corner.
   *
   * @param left the left edge of its box
   * @param top the top edge of its box
   * @param right the right edge of its box, greater than {@code left}
   * @param bottom the bottom edge of its box, greater than {@code top}
   * @param confidence the confidence of the detector, 0 to 1
   * @param label the name of the thing, such as {@code face}; may be empty
   * @param mask the outline: an image of the same size as the searched one, white inside; empty for
   *     the whole box
   */
  record Found(
      double left,
      double top,
      double right,
      double bottom,
      double confidence,
      String label,
      Optional<Image> mask) {
    /**
     * Checks the numbers.
     *
     * @param left the left edge
     * @param top the top edge
     * @param right the right edge, greater than {@code left}
     * @param bottom the bottom edge, greater than {@code top}
     * @param confidence 0 to 1
     * @param label the name of the thing; may be empty
     * @param mask the outline; empty for the whole box
     * @throws IllegalArgumentException if the box is empty or the confidence is out of range
     */
    public Found {
      Objects.requireNonNull(label, "label");
      Objects.requireNonNull(mask, "mask");
      Checks.require(
          left < right && top < bottom,
          "box",
          "have left < right and top < bottom",
          "%s, %s, %s, %s".formatted(left, top, right, bottom));
      Checks.inRange(0, 1, confidence, "confidence");
    }
  }
}
