package dev.sdlora.api.image;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.api.service.Services;
import java.awt.Point;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Makes a mask of the thing at a point of an image, for {@link Inpainting} and {@link RegionMask}
 * (Kirillov et al. 2023, "Segment Anything"). Implementations must be thread-safe.
 */
public interface SegmentationModel extends AutoCloseable {

  /**
   * Opens MobileSAM, SAM or SAM 2 as a pair of ONNX files. Requires the module sd-onnx and ONNX
   * Runtime.
   *
   * @param encoder the {@code .onnx} file of the image encoder
   * @param decoder the {@code .onnx} file of the prompt encoder and mask decoder
   * @return the model, which holds native memory until it is closed
   * @throws CheckpointException if a file holds another kind of network
   * @throws TensorFileException if a file is missing, damaged, or not an ONNX file
   * @throws IllegalStateException if sd-onnx or ONNX Runtime is missing
   */
  static SegmentationModel open(Path encoder, Path decoder) {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(decoder, "decoder");
    return Services.find(ImageNetworks.class, "sd-onnx").openSegmentation(encoder, decoder);
  }

  /**
   * Makes the mask of a thing.
   *
   * @param image an image of any size
   * @param inside points on the thing, in pixels from the top left corner; at least one
   * @param outside points that do not belong to it; may be empty
   * @return an image of the same size: white on the thing, black elsewhere
   * @throws IllegalArgumentException if {@code inside} is empty or a point is outside the image
   */
  Image mask(Image image, List<Point> inside, List<Point> outside);

  /** Frees what the model holds. Does nothing by default. */
  @Override
  default void close() {}
}
