package dev.sdlora.pipeline.family;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.conditioning.ChunkEncoder;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import java.util.Map;

/**
 * A family of models, as drawing sees it: the conditioning by its text encoders, the prediction of
 * its denoiser, its latents, its schedule, and the names of its layers for LoRAs. {@link
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
  Conditioner conditioner(
      List<ChunkEncoder> encoders, TrainedWords words, PromptSpec spec, PixelSize conditionedSize);

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

  /** The quantity that the denoiser predicts. */
  Prediction prediction();

  /** Whether guidance is an input of the denoiser, so that it needs no negative condition. */
  boolean isGuidanceDistilled();

  /** Returns the shape of the latent of an image. */
  LatentShape latents(ImageSize size);

  /**
   * Returns the noise levels of a request.
   *
   * @param zeroTerminalSnr whether to rescale the levels up to pure noise if the model was not
   *     trained on rescaled levels
   */
  NoiseLevels levels(boolean zeroTerminalSnr);

  /**
   * Returns the layers that LoRAs can change, under all names that LoRA files use for them.
   *
   * @param shapes the weights of each network
   */
  ModuleIndex layers(Map<Network, Map<String, List<Long>>> shapes);
}
