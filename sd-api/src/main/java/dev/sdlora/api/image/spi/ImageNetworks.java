package dev.sdlora.api.image.spi;

import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.SegmentationModel;
import java.nio.file.Path;
import java.util.List;

/** Runs networks in ONNX files on images. Implemented by sd-onnx. */
public interface ImageNetworks {
  /**
   * Implements {@link Detector#open}.
   *
   * @param file an ONNX file
   * @return the detector
   */
  Detector openDetector(Path file);

  /**
   * Implements {@link SegmentationModel#open}.
   *
   * @param encoder the ONNX file of the image encoder
   * @param decoder the ONNX file of the mask decoder
   * @return the model
   */
  SegmentationModel openSegmentation(Path encoder, Path decoder);

  /**
   * Implements {@link Preprocessor#apply} for preprocessors that run a network.
   *
   * @param preprocessor the name and the settings
   * @param folders the folders to search for its files
   * @param image any image
   * @return the control image
   */
  Image preprocess(Preprocessor preprocessor, List<Path> folders, Image image);
}
