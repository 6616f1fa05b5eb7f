package dev.sdlora.onnx;

import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.onnx.detect.Detectors;
import dev.sdlora.onnx.preprocess.ControlNetworks;
import dev.sdlora.onnx.segment.Sam;
import dev.sdlora.onnx.session.MissingRuntime;
import java.nio.file.Path;
import java.util.List;

/** Opens networks in ONNX files. Created by {@link java.util.ServiceLoader}. */
public final class OnnxNetworks implements ImageNetworks {
  private final ControlNetworks controlNetworks = new ControlNetworks();

  @Override
  public Detector openDetector(Path file) {
    return MissingRuntime.orOpen(() -> Detectors.open(file));
  }

  @Override
  public SegmentationModel openSegmentation(Path encoder, Path decoder) {
    return MissingRuntime.orOpen(() -> Sam.open(encoder, decoder));
  }

  @Override
  public Image preprocess(Preprocessor preprocessor, List<Path> folders, Image image) {
    return MissingRuntime.orOpen(() -> controlNetworks.make(preprocessor, folders, image));
  }
}
