package dev.sdlora.api;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaling;
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
import java.util.OptionalLong;

/** The settings of a request, for reading: those of a spec, or of a builder as they are now. */
public abstract sealed class PromptSettings permits PromptSpec, PromptSpec.Builder {

  PromptSettings() {}

  abstract PromptValues values();

  /** {@return the prompt in A1111's syntax, LoRA tags included} Default empty. */
  public String prompt() {
    return values().prompt;
  }

  /** {@return the negative prompt, in the same syntax} Default empty. */
  public String negativePrompt() {
    return values().negativePrompt;
  }

  /**
   * {@return the image size, or empty for the size that the checkpoint was made for} Where an image
   * is started from, empty stands for the size of that.
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
   * {@return the spread of noise levels} Default {@link Schedule#AUTOMATIC}, which is Karras for
   * DPM++ 2M.
   */
  public Schedule schedule() {
    return values().schedule;
  }

  /** {@return the guidance scale} Default 7. */
  public double cfgScale() {
    return values().cfgScale;
  }

  /** {@return the seed of the first image, or empty, the default, for a random one} */
  public OptionalLong seed() {
    return values().seed;
  }

  /** {@return the random number generator that the seed feeds} Default {@link Rng#NV}. */
  public Rng rng() {
    return values().rng;
  }

  /** {@return how many images to make} Default 1. */
  public int images() {
    return values().images;
  }

  /** {@return which text encoder layer is read, counted from the end} Default 1, the last. */
  public int clipSkip() {
    return values().clipSkip;
  }

  /**
   * {@return LoRAs given by object, applied in addition to those that the prompts name} Default
   * none.
   */
  public List<LoraAdapter> loras() {
    return values().loras;
  }

  /**
   * {@return the parts of the image that prompts name, by their names, in the order in which they
   * were given} Default none; unmodifiable.
   */
  public Map<String, RegionMask> masks() {
    return values().masks;
  }

  /** {@return how LoRAs get into the computation, or empty for what the pipeline was built with} */
  public Optional<LoraMode> loraMode() {
    return values().loraMode;
  }

  /**
   * {@return whether LoRAs and embeddings that cannot be used are left out with a warning, or empty
   * for what the pipeline was built with}
   */
  public Optional<Boolean> lenient() {
    return values().lenient;
  }

  /**
   * {@return whether LoRAs get the weight and the words that their authors advise, unless the
   * prompts have them} Default false.
   */
  public boolean addTriggerWords() {
    return values().addTriggerWords;
  }

  /** {@return how the prompts are read} Default {@link PromptOptions#DEFAULTS}. */
  public PromptOptions promptOptions() {
    return values().promptOptions;
  }

  /** {@return the finer settings of sampling} Default {@link SamplerOptions#DEFAULTS}. */
  public SamplerOptions samplerOptions() {
    return values().samplerOptions;
  }

  /** {@return what is left out to be faster} Default {@link SpeedOptions#DEFAULTS}, nothing. */
  public SpeedOptions speedOptions() {
    return values().speedOptions;
  }

  /** {@return how strongly a model that edits images keeps to the image} Default 1.5. */
  public double imageCfgScale() {
    return values().imageCfgScale;
  }

  /** {@return when the pipeline's refiner takes over; empty, the default, for never} */
  public Optional<RefinerSwitch> refinerSwitch() {
    return values().refinerSwitch;
  }

  /**
   * {@return what SDXL is told of sizes beside the prompt} Default {@link
   * SizeConditioning#DEFAULTS}.
   */
  public SizeConditioning sizeConditioning() {
    return values().sizeConditioning;
  }

  /** {@return what is mixed into the noise of the seed} Default {@link Variation#NONE}. */
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

  /** {@return the networks that make the image follow others} Default none. */
  public List<ControlUnit> controlUnits() {
    return values().controlUnits;
  }

  /** {@return which edges continue at the opposite edge} Default {@link Tiling#NONE}. */
  public Tiling tiling() {
    return values().tiling;
  }

  /** {@return whether the VAE works in strips} Default {@link VaeTiling#AUTO}. */
  public VaeTiling vaeTiling() {
    return values().vaeTiling;
  }

  /** {@return what turns the last latent into the image} Default {@link FinalDecoder#VAE}. */
  public FinalDecoder finalDecoder() {
    return values().finalDecoder;
  }

  /** {@return how finished images are enlarged; empty, the default, for not at all} */
  public Optional<Upscaling> upscaling() {
    return values().upscaling;
  }

  /**
   * {@return what the text that this was read from says beyond settings: the model's name and hash,
   * the version of the program, and all keys that this library has no setting for} By key, in the
   * order of the text; it has no effect on images. Empty for a spec that was built.
   */
  public Map<String, String> otherParameters() {
    return values().otherParameters;
  }
}
