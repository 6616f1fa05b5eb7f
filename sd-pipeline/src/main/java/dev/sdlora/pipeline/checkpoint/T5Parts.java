package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.pipeline.checkpoint.transformer.TransformerFiles;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.transformer.T5Config;
import java.util.Optional;

/** Reads the dimensions of CLIP-L and T5 as text encoders. */
final class T5Parts {
  private T5Parts() {}

  /** Reads CLIP-L, whose pooled state is read, and T5. */
  static TextParts.ClipAndT5 withClip(TransformerFiles files) {
    TransformerFiles.Part clip = files.textEncoders().get(0);
    ClipConfig config =
        TransformerReader.checked(
            clip,
            part -> TextShapes.clip(part.shapes(), ClipConfig.Kind.OPENAI, ClipConfig.Reading.END));
    return new TextParts.ClipAndT5(
        Optional.of(TransformerReader.part(clip, config, config.weights())),
        t5(files.textEncoders().get(1)));
  }

  /** Reads T5 alone. */
  static TextParts.ClipAndT5 alone(TransformerFiles files) {
    return new TextParts.ClipAndT5(Optional.empty(), t5(files.textEncoders().get(0)));
  }

  private static ModelFiles.Part<T5Config> t5(TransformerFiles.Part part) {
    T5Config config = TransformerReader.checked(part, own -> T5Config.of(own.shapes()));
    return TransformerReader.part(part, config, config.weights());
  }
}
