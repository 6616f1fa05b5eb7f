package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.TextShapes;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.transformer.T5Config;
import java.util.List;
import java.util.Optional;

/** Reads the dimensions of CLIP and T5 as text encoders. */
public final class T5Parts {
  private T5Parts() {}

  /** Reads CLIP-L, whose pooled state is read, and T5. */
  public static TextParts.ClipAndT5 withClip(TransformerFiles files) {
    return new TextParts.ClipAndT5(
        List.of(clip(files.textEncoders().get(0), ClipConfig.Kind.OPENAI, ClipConfig.Reading.END)),
        Optional.of(t5(files.textEncoders().get(1))));
  }

  /** Reads T5 alone. */
  public static TextParts.ClipAndT5 alone(TransformerFiles files) {
    return new TextParts.ClipAndT5(List.of(), Optional.of(t5(files.textEncoders().get(0))));
  }

  /**
   * Reads CLIP-L, CLIP-G and T5, if there is one, as Stable Diffusion 3 reads them.
   *
   * @param pooled the width of the pooled text that the transformer reads
   * @throws CheckpointException if those of CLIP have another width together
   */
  public static TextParts.ClipAndT5 withBothClips(TransformerFiles files, int pooled) {
    List<TransformerFiles.Part> all = files.textEncoders();
    List<ModelFiles.Part<ClipConfig>> clips =
        List.of(
            clip(all.get(0), ClipConfig.Kind.OPENAI, ClipConfig.Reading.PENULTIMATE_AND_END),
            clip(all.get(1), ClipConfig.Kind.OPEN_CLIP, ClipConfig.Reading.PENULTIMATE));
    int own = clips.stream().mapToInt(clip -> clip.config().pooled()).sum();
    if (own != pooled) {
      throw new CheckpointException(
          "the text encoders '%s' and '%s' have pooled states of width %s together, expected %s for the transformer '%s'; one of them is probably another CLIP"
              .formatted(
                  all.get(0).path(), all.get(1).path(), own, pooled, files.transformer().path()),
          ErrorDetails.in(all.get(1).path()));
    }
    return new TextParts.ClipAndT5(
        clips, all.stream().skip(clips.size()).map(T5Parts::t5).findFirst());
  }

  private static ModelFiles.Part<ClipConfig> clip(
      TransformerFiles.Part clip, ClipConfig.Kind kind, ClipConfig.Reading reading) {
    ClipConfig config =
        CheckedPart.checked(clip, part -> TextShapes.clip(part.shapes(), kind, reading));
    return CheckedPart.part(clip, config, config.weights());
  }

  private static ModelFiles.Part<T5Config> t5(TransformerFiles.Part part) {
    T5Config config = CheckedPart.checked(part, own -> T5Config.of(own.shapes()));
    return CheckedPart.part(part, config, config.weights());
  }
}
