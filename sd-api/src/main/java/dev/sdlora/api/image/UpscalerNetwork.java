package dev.sdlora.api.image;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A network that enlarges images, of the ESRGAN family (Wang et al. 2018, "ESRGAN"; Wang et al.
 * 2021, "Real-ESRGAN"), as people download them: the large ones, {@code RealESRGAN_x4plus.pth},
 * {@code 4x-UltraSharp.pth} and so on, and the compact ones for speed and video, {@code
 * realesr-general-x4v3.pth}, {@code realesr-animevideov3.pth}.
 *
 * <p>Images go through the network in tiles that overlap, so memory does not grow with their size.
 * Safe for use by several threads. It holds native memory until it is closed.
 */
public interface UpscalerNetwork extends AutoCloseable {

  /**
   * Reads an upscaler. Which network it is, how many blocks it has, how wide they are and how much
   * it enlarges is read off its tensors.
   *
   * @param file a {@code .pth} or {@code .safetensors} file with the names of ESRGAN or of
   *     Real-ESRGAN
   * @return the network with its weights, which holds native memory until it is closed
   * @throws CheckpointException if the file holds another kind of network; the message names the
   *     tensor that is missing, has another shape or does not belong there
   * @throws TensorFileException if it is missing or damaged or is not a tensor file at all
   */
  static UpscalerNetwork open(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(Backend.Images.class).openUpscaler(file);
  }

  /** {@return the name of the file without its extension} */
  String name();

  /** {@return how many times wider and higher images become, mostly 2 or 4} */
  int factor();

  /**
   * Enlarges an image.
   *
   * @param picture any size
   * @return {@link #factor()} times as wide and as high
   * @throws ResourceException if that has more than {@link Image#MAX_PIXELS} pixels
   * @throws IllegalStateException if this is closed
   */
  default Image upscale(Image picture) {
    return upscale(Objects.requireNonNull(picture, "picture"), (number, count) -> {});
  }

  /**
   * Enlarges an image, watched by somebody who may end it.
   *
   * @param picture any size
   * @param watcher is told of each piece before it
   * @return {@link #factor()} times as wide and as high
   * @throws ResourceException if that has more than {@link Image#MAX_PIXELS} pixels
   * @throws IllegalStateException if this is closed
   */
  Image upscale(Image picture, Watcher watcher);

  /** Sees how far an image is. */
  @FunctionalInterface
  interface Watcher {
    /**
     * The next piece begins, on the thread that asked. What this throws ends the work, and the
     * caller gets it.
     *
     * @param number of the piece, counted from 0
     * @param count of all pieces of the image
     */
    void pieceBegins(int number, int count);
  }

  /** Frees the native memory. Closing twice does nothing. */
  @Override
  void close();
}
