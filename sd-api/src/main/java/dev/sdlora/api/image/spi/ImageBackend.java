package dev.sdlora.api.image.spi;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.UpscalerNetwork;
import java.nio.file.Path;

/** Writes, filters and enlarges images. */
public interface ImageBackend {
  /**
   * Implements {@link Image#savePng}.
   *
   * @param image the pixels
   * @param file the target
   */
  void savePng(Image image, Path file);

  /**
   * Implements {@link Preprocessor#apply}.
   *
   * @param preprocessor the filter and its settings
   * @param image the pixels
   * @return the control image
   */
  Image preprocess(Preprocessor preprocessor, Image image);

  /**
   * Implements {@link Image#resized}.
   *
   * @param image the pixels
   * @param width the width of the result in pixels, at least 1
   * @param height the height of the result in pixels, at least 1
   * @return a new image of that size
   */
  Image resize(Image image, int width, int height);

  /**
   * Implements {@link UpscalerNetwork#open}.
   *
   * @param file the network's file
   * @return the network, with its weights in memory
   */
  UpscalerNetwork openUpscaler(Path file);
}
