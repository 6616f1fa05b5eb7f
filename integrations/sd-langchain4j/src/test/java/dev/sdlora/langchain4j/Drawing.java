package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.model.DemoModel;
import java.io.ByteArrayInputStream;
import java.util.Base64;

/** Shares one pipeline between all tests of a JVM; it is closed with the JVM. */
abstract class Drawing {
  static final Pipeline PIPELINE =
      Pipeline.builder()
          .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
          .loraDirectory(DemoModel.loras())
          .precision(Precision.FLOAT32)
          .build();

  /** Generates small images in two steps. */
  static final SdLoraImageModel MODEL =
      SdLoraImageModel.builder(PIPELINE)
          .options(options -> options.size(64, 64).steps(2).seed(7))
          .build();

  static dev.sdlora.api.image.Image pixels(Image image) {
    return dev.sdlora.api.image.Image.read(
        new ByteArrayInputStream(Base64.getDecoder().decode(image.base64Data())));
  }
}
