package dev.sdlora.api.image;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.DoubleConsumer;

/**
 * An upscaler network of the ESRGAN family (Wang et al. 2018, "ESRGAN"; Wang et al. 2021,
 * "Real-ESRGAN"), in the published file formats: the large networks such as {@code
 * RealESRGAN_x4plus.pth} and {@code 4x-UltraSharp.pth}, and the compact ones for speed and video,
 * {@code realesr-general-x4v3.pth} and {@code realesr-animevideov3.pth}.
 *
 * <p>Images are processed in overlapping tiles, so memory does not grow with their size.
 * Thread-safe. Holds native memory until it is closed.
 */
public interface UpscalerNetwork extends AutoCloseable {

  /**
   * Reads an upscaler. Its type, its factor, and the number and width of its blocks are detected
   * from the tensors.
   *
   * @param file a {@code .pth} or {@code .safetensors} file with the tensor names of ESRGAN or
   *     Real-ESRGAN
   * @return the network with its weights, which holds native memory until it is closed
   * @throws CheckpointException if the file contains another kind of network; the message names the
   *     tensor that is missing, unexpected or of another shape
   * @throws TensorFileException if the file is missing, damaged, or not a tensor file
   */
  static UpscalerNetwork open(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(ImageBackend.class).openUpscaler(file);
  }

  /** {@return the name of the file without its extension} */
  String name();

  /** {@return the factor by which it enlarges the width and height, usually 2 or 4} */
  int factor();

  /**
   * Enlarges an image.
   *
   * @param image an image of any size
   * @return the image, {@link #factor()} times as wide and as high
   * @throws ResourceException if that has more than {@link Image#MAX_PIXELS} pixels
   * @throws IllegalStateException if this network is closed
   */
  default Image upscale(Image image) {
    return upscale(Objects.requireNonNull(image, "image"), done -> {});
  }

  /**
   * Enlarges an image and reports the progress.
   *
   * @param image an image of any size
   * @param progress receives the share of the image that is done, from 0 to less than 1, before
   *     each tile. Called on the thread of the caller; an exception cancels the work and reaches
   *     the caller
   * @return the image, {@link #factor()} times as wide and as high
   * @throws ResourceException if that has more than {@link Image#MAX_PIXELS} pixels
   * @throws IllegalStateException if this network is closed
   */
  Image upscale(Image image, DoubleConsumer progress);

  /** Frees the native memory. Closing twice has no effect. */
  @Override
  void close();
}
