package dev.sdlora.families.family;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What drawing asks of a model with a transformer; families differ in it. */
public interface FlowTraits {
  /**
   * Returns the conditioner of a pass.
   *
   * @param encoders the text encoders, with the LoRAs of the pass
   * @param words the trained words that prompts may use
   */
  TextConditioner conditioner(List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec);

  /** Returns the noise levels of images of a size. */
  NoiseLevels levels(ImageSize size);

  /** Returns the checks of requests. */
  FlowSettings settings(PromptSpec spec);

  /** Returns the number of tokens of the longest prompt. */
  int textTokens(PromptSpec spec);

  /** Whether the network reads the padding of T5's texts. */
  default boolean padsT5() {
    return false;
  }

  /** Returns the guidance scale that the network reads as an input; empty if it reads none. */
  default OptionalDouble guidance(PromptSpec spec) {
    return OptionalDouble.empty();
  }

  /** Returns further warnings about a request. */
  default List<String> warnings(PromptSpec spec) {
    return List.of();
  }

  /** Whether the network reads the mask of the image and the image without the masked part. */
  default boolean fillsMasks() {
    return false;
  }

  /** Whether the network reads the latent of a control image in addition to the noisy one. */
  default boolean readsControl() {
    return false;
  }

  /** Returns the longest side of an image, in pixels; empty if there is no limit. */
  default OptionalInt longestSide() {
    return OptionalInt.empty();
  }

  /** Returns the number of blocks that a prediction can leave out; empty if it needs all. */
  default OptionalInt skippableLayers() {
    return OptionalInt.empty();
  }

  /** Whether the schedule has one shift for all images, which infotexts name. */
  default boolean hasFixedShift() {
    return false;
  }
}
