package dev.sdlora.training.family;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterModule;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The differences between families of models in training. Immutable. */
public interface TrainedFamily {
  /** The checkpoint. */
  ModelFiles model();

  /** The device that computes; {@code auto} for the best one. */
  String device();

  /**
   * The layers of the checkpoint to train.
   *
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @throws UntrainableException if the checkpoint has none of these layers, or this kind of model
   *     cannot be trained
   */
  List<AdapterModule> modules(AdapterSettings adapter, int clipSkip);

  /** The names and shapes of the denoiser's weights, as it is trained. */
  Map<String, List<Long>> denoiserWeights();

  /** Whether the denoiser reads the sizes and crops of images. */
  default boolean readsSizes() {
    return false;
  }

  /** The number that width and height of an image must be multiples of. */
  int sizeMultiple();

  /** The number of pixels that a position of a latent covers along each side. */
  int latentFactor();

  /** The number of channels of a latent. */
  int channels();

  /** Loads the encoder of images; the caller closes it. */
  ImageEncoder imageEncoder();

  /** The noise process of the model. */
  NoiseProcess noise();

  /** The distribution of noise levels unless a training run sets another. */
  TimestepSampling timesteps();

  /**
   * Encodes captions and the empty one.
   *
   * @param asTokens whether text encoders are trained, so that captions stay tokens
   * @param cache keeps the states of captions
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint lacks a token
   */
  Captions captions(Collection<String> texts, boolean asTokens, int clipSkip, DataCache cache);

  /**
   * Loads the networks.
   *
   * @param torch the owner of the native memory
   * @param captions the result of {@link #captions}
   */
  TrainedNetworks networks(Torch torch, Captions captions, Recipe recipe);

  /** The names of layers in LoRA files. */
  LayerNames names();

  /** The names of factors in LoRA files. */
  KeyNaming style();

  /** Refuses a checkpoint, in one sentence. */
  static UntrainableException refusal(Checkpoint checkpoint, String found, String expected) {
    return new UntrainableException(
        "checkpoint '%s' cannot be trained on: it %s; %s"
            .formatted(checkpoint.path(), found, expected));
  }
}
