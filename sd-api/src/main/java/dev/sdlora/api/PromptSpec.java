package dev.sdlora.api;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
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
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.Checks;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The complete settings of a request: everything except the checkpoint that determines an image.
 * Immutable; derive variants with {@link #toBuilder()}. The defaults are those of A1111.
 */
public final class PromptSpec extends PromptSettings {
  /** Longest prompt shown by {@link #toString()}, in characters. */
  private static final int MAX_SHOWN = 200;

  private final PromptValues values;

  private PromptSpec(PromptValues values) {
    this.values = values;
  }

  @Override
  PromptValues values() {
    return values;
  }

  /**
   * {@return a builder with an empty prompt and A1111's defaults} {@link Checkpoint#defaults()}
   * starts from the settings that a model recommends.
   */
  public static Builder builder() {
    return new Builder(new PromptValues());
  }

  /**
   * {@return a builder that starts from this spec} It treats these values as defaults: {@link
   * Builder#fewSteps(FewSteps)} replaces them.
   */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /**
   * Parses the {@code parameters} text that A1111 and this library write into images, or the JSON
   * metadata of ComfyUI, Fooocus, InvokeAI and SwarmUI, as far as a request can express it.
   * Parameters without a setting here, and those with invalid or unknown values, are kept in {@link
   * #otherParameters()}; the request uses its defaults instead. {@link GenerationResult#warnings()}
   * lists those of them that change the image.
   *
   * @param text the prompt, the negative prompt and the line of settings, as in an image
   * @return the request that the text describes
   * @throws IllegalArgumentException if the text is JSON of an unsupported program, or nothing in
   *     it can be parsed; the message names the program
   */
  public static PromptSpec fromInfotext(String text) {
    Objects.requireNonNull(text, "text");
    return Services.find(Backend.Images.class).parseParameters(text);
  }

  /**
   * Reads the settings from an image made by this library, A1111, ComfyUI, Fooocus, InvokeAI,
   * NovelAI or SwarmUI. See {@link #fromInfotext} for settings that cannot be used, and {@link
   * Recovery} for finding the files used for the image.
   *
   * @param file a PNG with metadata, either as a text or hidden in its pixels ("Stealth PNGInfo"),
   *     or a JPEG or WebP file with EXIF data
   * @return the request for the image
   * @throws ImageSettingsException if the image contains no settings, or none that can be parsed;
   *     it names the program if it is known
   * @throws ImageFileException if the file is damaged or of another kind
   */
  public static PromptSpec fromImage(Path file) {
    Objects.requireNonNull(file, "file");
    return fromInfotext(GeneratedImage.readInfotext(file));
  }

  /**
   * Reads the settings from the bytes of an image file, as {@link #fromImage(Path)} does.
   *
   * @param stream the stream to read to its end, at most 256 MB; it is not closed
   * @return the request for the image
   * @throws ImageFileException if the stream fails or is too long, or contains no settings
   */
  public static PromptSpec fromImage(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return fromInfotext(GeneratedImage.readInfotext(stream));
  }

  /**
   * Does the same as {@link #fromImage(Path)}, for all supported formats.
   *
   * @param file an image
   * @return the request for the image
   */
  public static PromptSpec fromPng(Path file) {
    Objects.requireNonNull(file, "file");
    return fromImage(file);
  }

  /**
   * {@return the names of the settings of this request that image metadata cannot express, in the
   * order of the setters} If the list is not empty, {@link #fromImage(Path)} does not reproduce the
   * image. The metadata contains everything else that determines an image, and omits what does not:
   * the number of images, {@link PromptMode}, leniency, and the source of {@linkplain
   * #addTriggerWords trigger words}. It names the checkpoint, its precision, LoRAs and embeddings;
   * if they differ when the image is reproduced, {@link GenerationResult#warnings()} reports it.
   */
  public List<String> notInMetadata() {
    return UnwrittenSettings.of(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PromptSpec settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the prompt and the main settings for logs; long prompts are truncated. */
  @Override
  public String toString() {
    return "PromptSpec["
        + cut(prompt())
        + ", negative "
        + cut(negativePrompt())
        + ", "
        + size().map(ImageSize::toString).orElse("model size")
        + ", "
        + steps()
        + " steps, "
        + sampler().label()
        + ", "
        + schedule().label()
        + ", cfg "
        + cfgScale()
        + ", seed "
        + (seed().isPresent() ? seed().getAsLong() : "random")
        + ", "
        + images()
        + " images]";
  }

  private static String cut(String prompt) {
    return prompt.length() <= MAX_SHOWN ? prompt : prompt.substring(0, MAX_SHOWN) + "…";
  }

  /** Builds a {@link PromptSpec}. Each setter validates its argument. Not thread-safe. */
  public static final class Builder extends PromptSettings {
    private static final int MOST_REFERENCES = 4;

    private static final Pattern MASK_NAME =
        Pattern.compile("[\\p{L}\\p{M}\\p{N}_.-]+( +[\\p{L}\\p{M}\\p{N}_.-]+)*");

    private final PromptValues values;
    private Optional<FewSteps> fewSteps = Optional.empty();
    private int fewStepsCount;
    private final Set<Part> given = EnumSet.noneOf(Part.class);

    /** Settings that {@link #fewSteps} does not change once the caller has set them. */
    private enum Part {
      STEPS,
      SAMPLER,
      SCHEDULE,
      CFG_SCALE,
      SAMPLER_OPTIONS
    }

    private Builder(PromptValues values) {
      this.values = values;
    }

    @Override
    PromptValues values() {
      return values;
    }

    /**
     * Sets the prompt, in A1111's syntax: {@code (stronger:1.2)}, {@code [weaker]}, {@code
     * <lora:name:0.8>}.
     *
     * <p>A LoRA tag has the form {@code <lora:name:te:unet:dyn>}: the strength for the text encoder
     * (default 1), the strength for the U-Net (default: the same), and the number of components of
     * its rank to use (default: all). Each can also be given by name: {@code te=}, {@code unet=},
     * {@code dyn=}. A strength can be a list such as {@code 1@0,0.5@0.5,0@0.8}, see {@link
     * StrengthSchedule}; the text encoder uses the strength of the first step. {@code lbw=} sets
     * {@link BlockWeights}, and {@code mask=} the name of a {@linkplain #mask(String, RegionMask)
     * mask} that limits the LoRA to a part of the image. A subprompt of {@code AND} that contains
     * {@code <mask:name>} is limited in the same way.
     *
     * @param prompt a prompt of any length. Default empty
     * @return this builder
     */
    public Builder prompt(String prompt) {
      values.prompt = Objects.requireNonNull(prompt, "prompt");
      return this;
    }

    /**
     * Sets the negative prompt: what the image should not show. It has no effect on the image at
     * CFG scale 1.
     *
     * @param negativePrompt the negative prompt in the syntax of the {@linkplain #prompt prompt};
     *     LoRA tags in it are applied, too. Default empty
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      values.negativePrompt = Objects.requireNonNull(negativePrompt, "negativePrompt");
      return this;
    }

    /**
     * Sets the image size. By default it is the size that the checkpoint was trained for. A request
     * that starts from an image defaults to that image's size, rounded down to multiples of 8,
     * unless only the surroundings of a mask are generated.
     *
     * @param width the width in pixels, a positive multiple of 8
     * @param height the height in pixels, a positive multiple of 8
     * @return this builder
     * @throws IllegalArgumentException if a side is not a positive multiple of 8
     */
    public Builder size(int width, int height) {
      return size(new ImageSize(width, height));
    }

    /**
     * Sets the image size.
     *
     * @param size default: see {@link #size(int, int)}
     * @return this builder
     */
    public Builder size(ImageSize size) {
      values.size = Optional.of(Objects.requireNonNull(size, "size"));
      return this;
    }

    /**
     * Sets the number of sampling steps.
     *
     * @param steps 1 to 1000. Default 20
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder steps(int steps) {
      values.steps = Checks.inRange(1, 1000, steps, "steps");
      given.add(Part.STEPS);
      return this;
    }

    /**
     * Sets the sampling method.
     *
     * @param sampler default {@link Sampler#DPMPP_2M}
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      values.sampler = Objects.requireNonNull(sampler, "sampler");
      given.add(Part.SAMPLER);
      return this;
    }

    /**
     * Sets the schedule of noise levels.
     *
     * @param schedule default {@link Schedule#AUTOMATIC}
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      values.schedule = Objects.requireNonNull(schedule, "schedule");
      given.add(Part.SCHEDULE);
      return this;
    }

    /**
     * Sets the CFG scale: how strongly the image is pushed from the negative prompt towards the
     * prompt.
     *
     * @param cfgScale at least 0. Default 7. At 1 the negative prompt is not evaluated and a step
     *     takes half the work; at 0 the prompt has no effect. Values below 1 or above 30 give a
     *     warning
     * @return this builder
     * @throws IllegalArgumentException if the scale is negative, NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      values.cfgScale = Checks.notNegative(cfgScale, "cfgScale");
      given.add(Part.CFG_SCALE);
      return this;
    }

    /**
     * Applies the settings of a few-step method, for a LoRA or a checkpoint made for it: the
     * sampler, the schedule, the number of steps, the CFG scale, and those {@link #samplerOptions}
     * that the method needs. The values are those that its authors recommend, with the method's
     * default number of steps.
     *
     * <p>Explicit calls of these setters win, before or after this call: {@code
     * fewSteps(FewSteps.LIGHTNING).steps(6)} and {@code steps(6).fewSteps(FewSteps.LIGHTNING)} are
     * equivalent. Values copied by {@link PromptSpec#toBuilder()} are replaced. The spec contains
     * the resulting values as plain settings.
     *
     * @param method the method that the LoRA or the checkpoint was made for
     * @return this builder
     */
    public Builder fewSteps(FewSteps method) {
      Objects.requireNonNull(method, "method");
      return fewSteps(method, method.usualSteps());
    }

    /**
     * Applies the settings of a few-step method for a number of steps; see {@link
     * #fewSteps(FewSteps)}.
     *
     * @param method the method that the LoRA or the checkpoint was made for
     * @param steps usually the number in the LoRA's name, such as 4 for {@code
     *     sdxl_lightning_4step_lora}
     * @return this builder
     * @throws IllegalArgumentException if the method does not support this number of steps; {@link
     *     #steps} accepts any number
     */
    public Builder fewSteps(FewSteps method, int steps) {
      Objects.requireNonNull(method, "method");
      method.sampler(steps); // Throws if the method does not support the number of steps.
      this.fewSteps = Optional.of(method);
      this.fewStepsCount = steps;
      return this;
    }

    /**
     * Sets the seed of the first image; image i uses seed + i. Default: random.
     *
     * @param seed any number, including 0 and negative numbers
     * @return this builder
     */
    public Builder seed(long seed) {
      values.seed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Uses a new random seed for each generation, which is the default.
     *
     * @return this builder
     */
    public Builder randomSeed() {
      values.seed = OptionalLong.empty();
      return this;
    }

    /**
     * Sets the random number generator used with the seed.
     *
     * @param rng default {@link Rng#NV}
     * @return this builder
     */
    public Builder rng(Rng rng) {
      values.rng = Objects.requireNonNull(rng, "rng");
      return this;
    }

    /**
     * Sets the number of images to generate, one after another. Image i uses seed + i and is
     * identical to the image generated alone with that seed. {@link
     * SpeedOptions.Builder#exactBatches} can generate several at once.
     *
     * @param images at least 1. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder images(int images) {
      values.images = Checks.atLeast(1, images, "images");
      return this;
    }

    /**
     * Sets the text encoder layer whose output is used, counted from the end.
     *
     * @param clipSkip 1 (the last layer) to 12; many anime models need 2. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range; if the checkpoint has fewer
     *     layers, the generation fails
     */
    public Builder clipSkip(int clipSkip) {
      values.clipSkip = Checks.inRange(1, 12, clipSkip, "clipSkip");
      return this;
    }

    /**
     * Adds a LoRA to those named in the prompts.
     *
     * @param lora the LoRA with its strengths
     * @return this builder
     */
    public Builder lora(LoraAdapter lora) {
      Objects.requireNonNull(lora, "lora");
      values.loras = with(values.loras, lora);
      return this;
    }

    /**
     * Removes the LoRAs added with {@link #lora}.
     *
     * @return this builder
     */
    public Builder noLoras() {
      values.loras = List.of();
      return this;
    }

    /**
     * Names a part of the image for use in prompts. A LoRA whose tag contains {@code mask=name} is
     * applied only there ({@code <lora:ink:0.8:mask=left>}), and so is a subprompt of {@code AND}
     * that contains {@code <mask:name>} ({@code a wood AND a red fox <mask:left> AND a heron
     * <mask:right>}). Where the masks of subprompts overlap, their shares are normalized to a sum
     * of 1; subprompts without a mask apply everywhere in addition.
     *
     * @param name the name used in tags: letters, digits, inner spaces, {@code _}, {@code -} and
     *     {@code .}. An existing mask of this name is replaced
     * @param mask the part of the image
     * @return this builder
     * @throws IllegalArgumentException if the name is invalid
     */
    public Builder mask(String name, RegionMask mask) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(mask, "mask");
      if (!MASK_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "the name of a mask must be letters, digits, '_', '-', '.' and inner spaces, so that prompts can contain it: '%s'"
                .formatted(name));
      }
      Map<String, RegionMask> more = new LinkedHashMap<>(values.masks);
      more.put(name, mask);
      values.masks = Collections.unmodifiableMap(more);
      return this;
    }

    /**
     * Names a part of the image; its edge is blurred as with {@link RegionMask#of}.
     *
     * @param name see {@link #mask(String, RegionMask)}
     * @param image an image of any size, white inside the part
     * @return this builder
     * @throws IllegalArgumentException if the name is invalid
     */
    public Builder mask(String name, Image image) {
      return mask(name, RegionMask.of(image));
    }

    /**
     * Removes all masks.
     *
     * @return this builder
     */
    public Builder noMasks() {
      values.masks = Map.of();
      return this;
    }

    /**
     * Sets how LoRAs are applied.
     *
     * @param loraMode default: {@link Pipeline.Builder#loraMode}
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      values.loraMode = Optional.of(Objects.requireNonNull(loraMode, "loraMode"));
      return this;
    }

    /**
     * Sets whether the recommendations of LoRA authors are applied, as by a click on a LoRA's card
     * in A1111: the preferred weight if the tag has none, the trigger words after the tag if the
     * prompt contains none of them, and the LoRA's negative text if the negative prompt does not
     * contain it. For a LoRA added with {@link #lora}, the words are appended to the prompt, and
     * the preferred weight is used if the strength is still the initial 1. LoRAs with strength 0
     * are ignored.
     *
     * <p>Image metadata contains the completed prompts, so images can be reproduced even if the
     * files next to the LoRAs change. See {@link LoraAdapter#tag()} for the sources of the words.
     *
     * @param add default false
     * @return this builder
     */
    public Builder addTriggerWords(boolean add) {
      values.addTriggerWords = add;
      return this;
    }

    /**
     * Sets whether LoRAs and embeddings that cannot be used are skipped with a warning in the
     * result, instead of failing the request.
     *
     * @param lenient default: {@link Pipeline.Builder#lenient}
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      values.lenient = Optional.of(lenient);
      return this;
    }

    /**
     * Sets the options for parsing the prompts.
     *
     * @param options default {@link PromptOptions#DEFAULTS}
     * @return this builder
     */
    public Builder promptOptions(PromptOptions options) {
      values.promptOptions = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets the advanced sampling settings.
     *
     * @param options default {@link SamplerOptions#DEFAULTS}
     * @return this builder
     */
    public Builder samplerOptions(SamplerOptions options) {
      values.samplerOptions = Objects.requireNonNull(options, "options");
      given.add(Part.SAMPLER_OPTIONS);
      return this;
    }

    /**
     * Sets the options that trade exactness for speed.
     *
     * @param options default {@link SpeedOptions#DEFAULTS}, everything off
     * @return this builder
     */
    public Builder speedOptions(SpeedOptions options) {
      values.speedOptions = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets the guidance scale that models with distilled guidance read as an input, such as FLUX.1
     * [dev] and the models trained from it: how closely they follow the prompt, in one call of the
     * network per step. Forge calls it "Distilled CFG Scale". Other models ignore it.
     *
     * @param scale at least 0. Default: the scale that the model's authors recommend, 3.5 for
     *     FLUX.1 [dev]
     * @return this builder
     * @throws IllegalArgumentException if the scale is negative, NaN or infinite
     */
    public Builder distilledGuidance(double scale) {
      values.distilledGuidance = OptionalDouble.of(Checks.notNegative(scale, "distilledGuidance"));
      return this;
    }

    /**
     * Sets the image CFG scale: how closely an editing model (InstructPix2Pix) follows the image.
     * Other models ignore it.
     *
     * @param imageCfgScale at least 0. Default 1.5; at 1 the image has its effect without extra
     *     guidance
     * @return this builder
     * @throws IllegalArgumentException if the scale is negative, NaN or infinite
     */
    public Builder imageCfgScale(double imageCfgScale) {
      values.imageCfgScale = Checks.notNegative(imageCfgScale, "imageCfgScale");
      return this;
    }

    /**
     * Sets the noise level at which the pipeline's refiner replaces its checkpoint, as in A1111.
     * With hires fix this happens in the second pass.
     *
     * @param at the fraction of the training timesteps before the switch, 0 to 1, and thus a noise
     *     level that does not depend on the schedule; A1111's default is 0.8. Default: never
     * @return this builder
     * @throws IllegalArgumentException if the fraction is not from 0 to 1
     */
    public Builder refinerSwitch(double at) {
      return refinerSwitch(at, false);
    }

    /**
     * Sets the point at which the pipeline's refiner replaces its checkpoint. With hires fix this
     * happens in the second pass, as in A1111.
     *
     * @param at the fraction of sampling before the switch, 0 to 1. Default: never
     * @param bySteps whether it is a fraction of the sampler's calls; otherwise it is a fraction of
     *     the training timesteps
     * @return this builder
     * @throws IllegalArgumentException if the fraction is not from 0 to 1
     */
    public Builder refinerSwitch(double at, boolean bySteps) {
      values.refinerSwitch = OptionalDouble.of(Checks.inRange(0, 1, at, "refiner switch"));
      values.refinerBySteps = bySteps;
      return this;
    }

    /**
     * Sets the sizes passed to SDXL in addition to the prompt. Other model families ignore them.
     *
     * @param sizeConditioning default {@link SizeConditioning#DEFAULTS}
     * @return this builder
     * @throws NullPointerException if the argument is null
     */
    public Builder sizeConditioning(SizeConditioning sizeConditioning) {
      values.sizeConditioning = Objects.requireNonNull(sizeConditioning, "sizeConditioning");
      return this;
    }

    /**
     * Sets the variation of the seed's noise.
     *
     * @param variation default {@link Variation#NONE}
     * @return this builder
     */
    public Builder variation(Variation variation) {
      values.variation = Objects.requireNonNull(variation, "variation");
      return this;
    }

    /**
     * Starts from an image instead of noise. Cannot be combined with {@link #hiresFix}.
     *
     * @param settings the image and the denoising strength. Default: start from noise
     * @return this builder
     */
    public Builder imageToImage(ImageToImage settings) {
      values.imageToImage = Optional.of(Objects.requireNonNull(settings, "settings"));
      return this;
    }

    /**
     * Adds a second pass at a larger size. Cannot be combined with {@link #imageToImage}.
     *
     * @param settings the size and the sampling settings of the second pass. Default: no second
     *     pass
     * @return this builder
     */
    public Builder hiresFix(HiresFix settings) {
      values.hiresFix = Optional.of(Objects.requireNonNull(settings, "settings"));
      return this;
    }

    /**
     * Removes the second pass, for example to preview a request read from an image.
     *
     * @return this builder
     */
    public Builder noHiresFix() {
      values.hiresFix = Optional.empty();
      return this;
    }

    /**
     * Adds a ControlNet or T2I-Adapter. The effects of several units add up.
     *
     * @param unit the network, the control image, and the weight
     * @return this builder
     */
    public Builder controlUnit(ControlUnit unit) {
      Objects.requireNonNull(unit, "unit");
      values.controlUnits = with(values.controlUnits, unit);
      return this;
    }

    /**
     * Adds an image prompt, which an IP-Adapter reads next to the text. SD 1.x and SDXL.
     *
     * @param prompt the images and their adapter; the vision encoder is that of {@link
     *     Pipeline.Builder#imageEncoder}
     * @return this builder
     */
    public Builder imagePrompt(ImagePrompt prompt) {
      Objects.requireNonNull(prompt, "prompt");
      values.imagePrompts = with(values.imagePrompts, prompt);
      return this;
    }

    /**
     * Adds a pass that repaints details of the finished image, such as faces.
     *
     * @param pass the detector, the prompt and the other settings
     * @return this builder
     */
    public Builder detailPass(DetailPass pass) {
      Objects.requireNonNull(pass, "pass");
      values.detailPasses = with(values.detailPasses, pass);
      return this;
    }

    /**
     * Adds a reference image, which an editing model such as FLUX.2 klein reads in addition to the
     * prompt: "image 1", "image 2" and so on name them in their order. Larger images are reduced to
     * about one megapixel. Without a {@link #size(int, int) size}, the image gets that of the first
     * reference. FLUX.1 Canny and Depth, and their LoRAs, draw after exactly one: edges or depths,
     * resized to the size of the image.
     *
     * @param image the image; a request with one smaller than 16 by 16 pixels is refused
     * @return this builder
     * @throws IllegalArgumentException if there are already four
     */
    public Builder referenceImage(Image image) {
      Objects.requireNonNull(image, "image");
      if (values.referenceImages.size() == MOST_REFERENCES) {
        throw new IllegalArgumentException(
            "a request can have at most %s reference images".formatted(MOST_REFERENCES));
      }
      values.referenceImages = with(values.referenceImages, image);
      return this;
    }

    /**
     * Removes all reference images.
     *
     * @return this builder
     */
    public Builder noReferenceImages() {
      values.referenceImages = List.of();
      return this;
    }

    /**
     * Sets the directions in which the image repeats without a seam.
     *
     * @param tiling default {@link Tiling#NONE}
     * @return this builder
     */
    public Builder tiling(Tiling tiling) {
      values.tiling = Objects.requireNonNull(tiling, "tiling");
      return this;
    }

    /**
     * Sets whether the VAE processes images in strips, which needs less memory.
     *
     * @param vaeTiling default {@link VaeTiling#AUTO}
     * @return this builder
     */
    public Builder vaeTiling(VaeTiling vaeTiling) {
      values.vaeTiling = Objects.requireNonNull(vaeTiling, "vaeTiling");
      return this;
    }

    /**
     * Sets the decoder of the final latent. Generation with {@link FinalDecoder#TAESD} fails if the
     * pipeline has no {@link Pipeline.Builder#previewDecoder}.
     *
     * @param decoder default {@link FinalDecoder#VAE}
     * @return this builder
     */
    public Builder finalDecoder(FinalDecoder decoder) {
      values.finalDecoder = Objects.requireNonNull(decoder, "decoder");
      return this;
    }

    /**
     * Enlarges finished images without denoising; A1111's "Extras". Default: no upscaling.
     *
     * @param upscaler the upscaler; it must work on images, because finished images have no latent
     * @param scale the factor for both sides, 1 to 8; 1 leaves the image unchanged
     * @return this builder
     * @throws IllegalArgumentException if the upscaler works on latents or the scale is out of
     *     range
     */
    public Builder upscaling(Upscaler upscaler, double scale) {
      Objects.requireNonNull(upscaler, "upscaler");
      if (upscaler.isLatent()) {
        throw new IllegalArgumentException(
            "upscaler must work on images, because finished images have no latent: "
                + upscaler.name());
      }
      values.upscale = Checks.inRange(1, 8, scale, "scale");
      values.upscaler = Optional.of(upscaler);
      return this;
    }

    /**
     * Sets parameters that have no setting here; see {@link PromptSpec#otherParameters()}.
     *
     * @param parameters values by key, in the order to keep; copied
     * @return this builder
     */
    public Builder otherParameters(Map<String, String> parameters) {
      Objects.requireNonNull(parameters, "parameters");
      values.otherParameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
      return this;
    }

    /**
     * Uses the default size: that of the checkpoint, or of the image that the request starts from.
     *
     * @return this builder
     */
    public Builder noSize() {
      values.size = Optional.empty();
      return this;
    }

    /**
     * Uses the pipeline's LoRA mode, which is the default.
     *
     * @return this builder
     */
    public Builder noLoraMode() {
      values.loraMode = Optional.empty();
      return this;
    }

    /**
     * Uses the pipeline's leniency, which is the default.
     *
     * @return this builder
     */
    public Builder noLenient() {
      values.lenient = Optional.empty();
      return this;
    }

    /**
     * Never switches to the refiner, which is the default.
     *
     * @return this builder
     */
    public Builder noRefinerSwitch() {
      values.refinerSwitch = OptionalDouble.empty();
      values.refinerBySteps = false;
      return this;
    }

    /**
     * Starts from noise, which is the default.
     *
     * @return this builder
     */
    public Builder noImageToImage() {
      values.imageToImage = Optional.empty();
      return this;
    }

    /**
     * Removes upscaling, which is off by default.
     *
     * @return this builder
     */
    public Builder noUpscaling() {
      values.upscaler = Optional.empty();
      values.upscale = 1;
      return this;
    }

    /**
     * Removes all control units.
     *
     * @return this builder
     */
    public Builder noControlUnits() {
      values.controlUnits = List.of();
      return this;
    }

    /**
     * Removes all image prompts.
     *
     * @return this builder
     */
    public Builder noImagePrompts() {
      values.imagePrompts = List.of();
      return this;
    }

    /**
     * Removes all detail passes.
     *
     * @return this builder
     */
    public Builder noDetailPasses() {
      values.detailPasses = List.of();
      return this;
    }

    /**
     * Reverts {@link #fewSteps}.
     *
     * @return this builder
     */
    public Builder noFewSteps() {
      fewSteps = Optional.empty();
      return this;
    }

    /**
     * Builds the spec. The builder can be reused.
     *
     * @return the spec
     * @throws IllegalStateException if settings exclude each other; the message names them
     */
    public PromptSpec build() {
      if (values.hiresFix.isPresent() && values.imageToImage.isPresent()) {
        throw new IllegalStateException(
            "hiresFix and imageToImage cannot be combined; give imageToImage the larger size");
      }
      PromptValues built = values.copy();
      fewSteps.ifPresent(method -> fill(built, method));
      return new PromptSpec(built);
    }

    private void fill(PromptValues built, FewSteps method) {
      if (!given.contains(Part.STEPS)) {
        built.steps = fewStepsCount;
      }
      if (!given.contains(Part.SAMPLER)) {
        built.sampler = method.sampler(fewStepsCount);
      }
      if (!given.contains(Part.SCHEDULE)) {
        built.schedule = Schedule.TRAILING;
      }
      if (!given.contains(Part.CFG_SCALE)) {
        built.cfgScale = method.cfgScale(fewStepsCount);
      }
      built.samplerOptions =
          method.samplerOptions(
              fewStepsCount, values.samplerOptions, given.contains(Part.SAMPLER_OPTIONS));
    }

    private static <T> List<T> with(List<T> list, T more) {
      List<T> longer = new ArrayList<>(list);
      longer.add(more);
      return List.copyOf(longer);
    }
  }
}
