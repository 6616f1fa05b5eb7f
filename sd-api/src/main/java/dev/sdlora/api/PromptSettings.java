package dev.sdlora.api;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A read-only view of the settings of a request: those of a spec, or the current ones of a builder.
 */
public abstract sealed class PromptSettings permits PromptSpec, PromptSpec.Builder {

  PromptSettings() {}

  abstract PromptValues values();

  /** {@return the prompt in A1111's syntax, including LoRA tags} Default empty. */
  public String prompt() {
    return values().prompt;
  }

  /** {@return the negative prompt, in the syntax of the prompt} Default empty. */
  public String negativePrompt() {
    return values().negativePrompt;
  }

  /**
   * {@return the image size; empty, the default, for the size that the checkpoint was trained for
   * or that of the image to start from}
   */
  public Optional<ImageSize> size() {
    return values().size;
  }

  /** {@return the number of sampling steps} Default 20. */
  public int steps() {
    return values().steps;
  }

  /** {@return the sampling method} Default {@link Sampler#DPMPP_2M}. */
  public Sampler sampler() {
    return values().sampler;
  }

  /**
   * {@return the schedule of noise levels} Default {@link Schedule#AUTOMATIC}, which is Karras for
   * DPM++ 2M.
   */
  public Schedule schedule() {
    return values().schedule;
  }

  /** {@return the CFG scale} Default 7. */
  public double cfgScale() {
    return values().cfgScale;
  }

  /** {@return the seed of the first image; empty, the default, for a random one} */
  public OptionalLong seed() {
    return values().seed;
  }

  /** {@return the random number generator used with the seed} Default {@link Rng#NV}. */
  public Rng rng() {
    return values().rng;
  }

  /** {@return the number of images to generate} Default 1. */
  public int images() {
    return values().images;
  }

  /**
   * {@return the text encoder layer whose output is used, counted from the end} Default 1, the
   * last.
   */
  public int clipSkip() {
    return values().clipSkip;
  }

  /** {@return the LoRAs added to those named in the prompts} Default none. */
  public List<LoraAdapter> loras() {
    return values().loras;
  }

  /**
   * {@return the masks that prompts can name, by name, in insertion order} Default none;
   * unmodifiable.
   */
  public Map<String, RegionMask> masks() {
    return values().masks;
  }

  /** {@return the way LoRAs are applied; empty, the default, to use the pipeline's setting} */
  public Optional<LoraMode> loraMode() {
    return values().loraMode;
  }

  /**
   * {@return whether LoRAs and embeddings that cannot be used are skipped with a warning; empty,
   * the default, to use the pipeline's setting}
   */
  public Optional<Boolean> lenient() {
    return values().lenient;
  }

  /**
   * {@return whether LoRAs get the weights and trigger words that their authors recommend, unless
   * the prompts contain them} Default false.
   */
  public boolean addTriggerWords() {
    return values().addTriggerWords;
  }

  /** {@return the options for parsing the prompts} Default {@link PromptOptions#DEFAULTS}. */
  public PromptOptions promptOptions() {
    return values().promptOptions;
  }

  /** {@return the advanced sampling settings} Default {@link SamplerOptions#DEFAULTS}. */
  public SamplerOptions samplerOptions() {
    return values().samplerOptions;
  }

  /**
   * {@return the options that trade exactness for speed} Default {@link SpeedOptions#DEFAULTS},
   * everything off.
   */
  public SpeedOptions speedOptions() {
    return values().speedOptions;
  }

  /**
   * {@return the guidance scale that a model reads as an input, such as FLUX.1 [dev]; empty, the
   * default, for the one that the model's authors recommend}
   */
  public OptionalDouble distilledGuidance() {
    return values().distilledGuidance;
  }

  /** {@return the image CFG scale: how closely an editing model follows the image} Default 1.5. */
  public double imageCfgScale() {
    return values().imageCfgScale;
  }

  /**
   * {@return the fraction of sampling after which the pipeline's refiner takes over, 0 to 1; empty,
   * the default, for never}
   */
  public OptionalDouble refinerSwitch() {
    return values().refinerSwitch;
  }

  /**
   * {@return whether {@link #refinerSwitch()} is a fraction of the sampler's calls; false, the
   * default, for a fraction of the training timesteps}
   */
  public boolean refinerBySteps() {
    return values().refinerBySteps;
  }

  /**
   * {@return the sizes passed to SDXL in addition to the prompt} Default {@link
   * SizeConditioning#DEFAULTS}.
   */
  public SizeConditioning sizeConditioning() {
    return values().sizeConditioning;
  }

  /** {@return the variation of the seed's noise} Default {@link Variation#NONE}. */
  public Variation variation() {
    return values().variation;
  }

  /** {@return the image to start from; empty, the default, to start from noise} */
  public Optional<ImageToImage> imageToImage() {
    return values().imageToImage;
  }

  /** {@return the second pass at a larger size; empty, the default, for none} */
  public Optional<HiresFix> hiresFix() {
    return values().hiresFix;
  }

  /**
   * {@return the reference images, in the order in which the prompt can name them as "image 1",
   * "image 2"; empty by default}
   */
  public List<Image> referenceImages() {
    return values().referenceImages;
  }

  /** {@return the ControlNets and T2I-Adapters with their control images} Default none. */
  public List<ControlUnit> controlUnits() {
    return values().controlUnits;
  }

  /** {@return the images that an IP-Adapter reads next to the text} Default none. */
  public List<ImagePrompt> imagePrompts() {
    return values().imagePrompts;
  }

  /** {@return the passes that repaint details of the finished image, in order} Default none. */
  public List<DetailPass> detailPasses() {
    return values().detailPasses;
  }

  /**
   * {@return the directions in which the image repeats without a seam} Default {@link Tiling#NONE}.
   */
  public Tiling tiling() {
    return values().tiling;
  }

  /** {@return whether the VAE processes images in strips} Default {@link VaeTiling#AUTO}. */
  public VaeTiling vaeTiling() {
    return values().vaeTiling;
  }

  /** {@return the decoder of the final latent} Default {@link FinalDecoder#VAE}. */
  public FinalDecoder finalDecoder() {
    return values().finalDecoder;
  }

  /** {@return the upscaler of finished images; empty, the default, for none} */
  public Optional<Upscaler> upscaler() {
    return values().upscaler;
  }

  /** {@return the factor by which finished images are enlarged, 1 to 8} Default 1. */
  public double upscale() {
    return values().upscale;
  }

  /**
   * {@return the parameters of the parsed metadata that have no setting here: the model's name and
   * hash, the program's version, and all keys that this library does not support} They are ordered
   * as in the metadata and have no effect on images. Empty for a spec that was not parsed.
   */
  public Map<String, String> otherParameters() {
    return values().otherParameters;
  }
}
