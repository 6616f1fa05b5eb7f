package dev.sdlora.families.family;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.memory.AllocatedBytes;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A family of models, as drawing sees it: the conditioning by its text encoders, the prediction of
 * its denoiser, its latents, its schedule, and the names of its layers for LoRAs. {@code
 * UNetFamily} is SD 1.x, SD 2, SDXL and SDXL's refiner; a family whose denoiser is another network,
 * such as a transformer that predicts flows, is another implementation. Immutable and thread-safe.
 */
public interface Family {
  /** The family's name. */
  ModelFamily name();

  /**
   * Returns the conditioner that turns the prompts of a pass into conditions.
   *
   * @param encoders the text encoders, with the LoRAs of the pass
   * @param words the trained words that prompts may use
   * @param conditionedSize the image size, for families that are conditioned on it
   */
  TextConditioner conditioner(
      List<AppliedEncoder> encoders,
      TrainedWords words,
      PromptSpec spec,
      PixelSize conditionedSize);

  /**
   * Wraps the denoiser's network: scales its input, converts sigmas to the timesteps that it was
   * trained on, and its predictions to clean latents.
   *
   * @param network the network, with the LoRAs of the pass
   * @param levels the noise levels that give the timesteps
   * @param size the size of the images
   * @param rows the most rows of a call
   * @param scope the owner of arrays that calls share
   */
  BatchedPredictor denoiser(
      NoisePredictor network,
      NoiseLevels levels,
      PromptSpec spec,
      ImageSize size,
      int rows,
      NDManager scope);

  /** The dimensions of the denoiser if it is a U-Net. */
  Optional<UNetConfig> unetConfig();

  /**
   * Whether a denoiser that is no U-Net reads the mask of the image and the image without the
   * masked part, such as that of FLUX.1 Fill.
   */
  default boolean fillsMasks() {
    return false;
  }

  /**
   * Whether the denoiser reads the latent of a control image in addition to the noisy one, such as
   * those of FLUX.1 Canny and Depth. The control image is the request's only reference image.
   */
  default boolean readsControl() {
    return false;
  }

  /** The quantity that the denoiser predicts. */
  Prediction prediction();

  /** Whether guidance is an input of the denoiser, so that it needs no negative condition. */
  boolean isGuidanceDistilled();

  /** Whether the model was distilled to few steps; empty if the family has no such pair. */
  default Optional<Boolean> isDistilled() {
    return Optional.empty();
  }

  /** The number that width and height of an image must be multiples of: 8, or 16. */
  int sizeMultiple();

  /** The number of pixels of the side of a latent's position: 8, or 16. */
  int latentFactor();

  /** Returns the shape of the latent of an image. */
  LatentShape latents(ImageSize size);

  /**
   * Returns the noise levels of a request.
   *
   * @param zeroTerminalSnr whether to rescale the levels up to pure noise if the model was not
   *     trained on rescaled levels
   * @param size the size of the images, on which the schedules of some flows depend
   */
  NoiseLevels levels(boolean zeroTerminalSnr, ImageSize size);

  /**
   * Returns the layers that LoRAs can change, under all names that LoRA files use for them.
   *
   * @param shapes the weights of each network
   */
  default ModuleIndex layers(Map<Network, Map<String, List<Long>>> shapes) {
    return ModuleIndex.of(shapes, name());
  }

  /**
   * Checks that the model can draw a request.
   *
   * @param size the size of a pass
   * @throws IllegalArgumentException if it has a setting that the model cannot follow
   */
  void requireSupported(PromptSpec spec, ImageSize size);

  /**
   * Returns warnings about prompts and settings that have another meaning, or none, with this
   * model.
   *
   * @param pass the steps over which prompts change
   * @param prompt the prompt without tags
   * @param negative the negative prompt without tags
   */
  List<String> warnings(PromptSpec spec, PromptSteps pass, String prompt, String negative);

  /**
   * Returns the memory of a call of the denoiser; empty for a U-Net, whose calls depend on further
   * settings.
   *
   * @param size the size of the images
   * @param packed whether the weights are packed
   * @param number bytes of an element
   * @param rows the rows of the batch
   */
  default Optional<AllocatedBytes> callMemory(
      PromptSpec spec, ImageSize size, boolean packed, int number, int rows) {
    return Optional.empty();
  }

  /** Returns what an infotext says about the model in addition to the request, by key. */
  default Map<String, String> facts(PromptSpec spec) {
    return Map.of();
  }
}
