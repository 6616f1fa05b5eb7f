package dev.sdlora.api;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaling;
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
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what an image looks like, apart from the checkpoint. Immutable; derive
 * variants with {@link #toBuilder()}. The defaults are those of A1111.
 */
public final class PromptSpec extends PromptSettings {
  /** Characters of a prompt in {@link #toString()}. */
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
   * {@return a builder that starts from this spec} Its values count as defaults there: {@link
   * Builder#fewSteps(FewSteps)} replaces them.
   */
  public Builder toBuilder() {
    return new Builder(new PromptValues(values));
  }

  /**
   * Reads the {@code parameters} text that A1111 and this library write into images, or the JSON
   * that ComfyUI, Fooocus, InvokeAI and SwarmUI do, as far as a request can say it. What has no
   * setting here is in {@link #otherParameters()}, and so are values that make no sense or are not
   * known; in their place the request has its defaults. What of that makes another image is said by
   * {@link GenerationResult#warnings()}.
   *
   * @param text prompt, negative prompt and the line of settings, as in an image
   * @return the request that the text describes
   * @throws IllegalArgumentException if the text is JSON of another program, or nothing in it is
   *     understood; the message names the program
   */
  public static PromptSpec fromInfotext(String text) {
    Objects.requireNonNull(text, "text");
    return Services.find(Backend.Images.class).parseParameters(text);
  }

  /**
   * Reads the settings out of an image of this library, A1111, ComfyUI, Fooocus, InvokeAI, NovelAI
   * or SwarmUI. See {@link #fromInfotext} for what becomes of settings that cannot be used, and
   * {@link Recovery} for the files that it was made with.
   *
   * @param file a PNG with a text, or one hidden in its pixels ("Stealth PNGInfo"); a JPEG or WebP
   *     file with EXIF data
   * @return the request that made the image
   * @throws ImageSettingsException if the image holds no settings, or none that are understood; the
   *     program is named if it is known
   * @throws ImageFileException if the file is of another kind or damaged
   */
  public static PromptSpec fromImage(Path file) {
    Objects.requireNonNull(file, "file");
    return fromInfotext(GeneratedImage.readInfotext(file));
  }

  /**
   * Reads the settings out of the bytes of an image file, as {@link #fromImage(Path)} does.
   *
   * @param stream is read to its end, of at most 256 MB, and not closed
   * @return the request that made the image
   * @throws ImageFileException if the stream fails or is longer, or holds no such text
   */
  public static PromptSpec fromImage(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return fromInfotext(GeneratedImage.readInfotext(stream));
  }

  /**
   * The same as {@link #fromImage(Path)}, whatever the file's format is.
   *
   * @param file an image
   * @return the request that made the image
   */
  public static PromptSpec fromPng(Path file) {
    Objects.requireNonNull(file, "file");
    return fromImage(file);
  }

  /**
   * {@return what of this request the text in its images cannot say, so that {@link
   * #fromImage(Path)} does not make the same image again; by the names of the settings, in their
   * order here} Everything else that decides how an image looks is in the text. (What does not
   * decide it is not: the number of images, {@link PromptMode}, whether LoRAs may be left out, and
   * where {@linkplain #addTriggerWords trigger words} came from.) The checkpoint, its precision,
   * LoRAs and embeddings are named in the text, and when they are others later, {@link
   * GenerationResult#warnings()} says so.
   */
  public List<String> notInMetadata() {
    return UnwrittenSettings.of(this);
  }

  /** Whether the other has the same settings. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PromptSpec settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The prompt and the settings, for logs; long prompts are cut. */
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

  /**
   * Collects the settings of a {@link PromptSpec}. Every setter checks its value at once. Not safe
   * for use by several threads at once.
   */
  public static final class Builder extends PromptSettings {
    private static final Pattern MASK_NAME =
        Pattern.compile("[\\p{L}\\p{M}\\p{N}_.-]+( +[\\p{L}\\p{M}\\p{N}_.-]+)*");

    private final PromptValues values;
    private Optional<FewSteps> fewSteps = Optional.empty();
    private int fewStepsCount;
    private final Set<Part> given = EnumSet.noneOf(Part.class);

    /** Settings that {@link #fewSteps} leaves alone once the caller has set them. */
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
     * <p>A LoRA's tag is {@code <lora:name:te:unet:dyn>}: the strength in the text encoder (default
     * 1) and in the U-Net (default the same), and how many components of its rank to use (default
     * all). Each can be given by name instead, {@code te=}, {@code unet=}, {@code dyn=}. A strength
     * may be a list such as {@code 1@0,0.5@0.5,0@0.8}, see {@link StrengthSchedule}; the text
     * encoder takes that of the first step. {@code lbw=} gives {@link BlockWeights}, {@code mask=}
     * the name of a {@linkplain #mask(String, RegionMask) mask} inside which it acts. A side of
     * {@code AND} with {@code <mask:name>} in it acts inside that mask.
     *
     * @param prompt of any length. Default empty
     * @return this builder
     */
    public Builder prompt(String prompt) {
      values.prompt = Objects.requireNonNull(prompt, "prompt");
      return this;
    }

    /**
     * Sets what the image should not show. Not used for the image when the guidance scale is 1.
     *
     * @param negativePrompt in the syntax of the {@linkplain #prompt prompt}; LoRA tags act here as
     *     well. Default empty
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      values.negativePrompt = Objects.requireNonNull(negativePrompt, "negativePrompt");
      return this;
    }

    /**
     * Sets the image size. Default: the size that the checkpoint was made for. A request that
     * starts from an image takes that image's, down to multiples of 8, unless only the surroundings
     * of a mask are painted.
     *
     * @param width pixels, a positive multiple of 8
     * @param height pixels, a positive multiple of 8
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
     * @param steps from 1 to 1000. Default 20
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
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
     * Sets the spread of noise levels.
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
     * Sets the guidance scale: how far the image is pushed from the negative prompt towards the
     * prompt.
     *
     * @param cfgScale 0 or more. Default 7. At 1 the negative prompt is not evaluated and a step
     *     costs half; at 0 the prompt has no effect
     * @return this builder
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      values.cfgScale = Checks.notNegative(cfgScale, "cfgScale");
      given.add(Part.CFG_SCALE);
      return this;
    }

    /**
     * Draws in few steps, with a LoRA or a checkpoint that was made for it: sets sampler, schedule,
     * steps and guidance scale, and of {@link #samplerOptions} those that the method needs, as its
     * authors say. The number of steps is the method's usual one.
     *
     * <p>Whatever of these is set by its own method on this builder wins, before or after this
     * call: {@code fewSteps(FewSteps.LIGHTNING).steps(6)} and {@code
     * steps(6).fewSteps(FewSteps.LIGHTNING)} are the same. Values that came with {@link
     * PromptSpec#toBuilder()} are replaced. The spec holds what came of it as plain settings.
     *
     * @param method how the LoRA or the checkpoint was made
     * @return this builder
     */
    public Builder fewSteps(FewSteps method) {
      Objects.requireNonNull(method, "method");
      return fewSteps(method, method.usualSteps());
    }

    /**
     * Draws in a given number of few steps; see {@link #fewSteps(FewSteps)}.
     *
     * @param method how the LoRA or the checkpoint was made
     * @param steps mostly that which the name of the LoRA has, such as 4 for {@code
     *     sdxl_lightning_4step_lora}
     * @return this builder
     * @throws IllegalArgumentException if the method is not made for so many steps; {@link #steps}
     *     takes any number
     */
    public Builder fewSteps(FewSteps method, int steps) {
      Objects.requireNonNull(method, "method");
      method.sampler(steps); // refuses other numbers of steps
      this.fewSteps = Optional.of(method);
      this.fewStepsCount = steps;
      return this;
    }

    /**
     * Sets the seed of the first image; image i uses seed + i. Default: random.
     *
     * @param seed any number: 0 is a seed like any other, and so are negative ones
     * @return this builder
     */
    public Builder seed(long seed) {
      values.seed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Draws a new random seed for each generation, the default.
     *
     * @return this builder
     */
    public Builder randomSeed() {
      values.seed = OptionalLong.empty();
      return this;
    }

    /**
     * Sets the random number generator that the seed feeds.
     *
     * @param rng default {@link Rng#NV}
     * @return this builder
     */
    public Builder rng(Rng rng) {
      values.rng = Objects.requireNonNull(rng, "rng");
      return this;
    }

    /**
     * Sets how many images to make, one after another; image i uses seed + i and is the same as
     * when it is made alone. {@link SpeedOptions.Builder#exactBatches} tells how to draw several at
     * once.
     *
     * @param images at least 1, the default
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder images(int images) {
      values.images = Checks.atLeast(1, images, "images");
      return this;
    }

    /**
     * Sets which text encoder layer is read, counted from the end.
     *
     * @param clipSkip from 1 to 12: 1 is the last (the default), 2 the one before it, as many anime
     *     models want it
     * @return this builder
     * @throws IllegalArgumentException if it is out of range; a checkpoint with fewer layers
     *     refuses it when generating
     */
    public Builder clipSkip(int clipSkip) {
      values.clipSkip = Checks.inRange(1, 12, clipSkip, "clipSkip");
      return this;
    }

    /**
     * Adds a LoRA, in addition to those that the prompts name.
     *
     * @param lora with its own strengths
     * @return this builder
     */
    public Builder lora(LoraAdapter lora) {
      Objects.requireNonNull(lora, "lora");
      values.loras = with(values.loras, lora);
      return this;
    }

    /**
     * Removes the LoRAs that were given by object.
     *
     * @return this builder
     */
    public Builder noLoras() {
      values.loras = List.of();
      return this;
    }

    /**
     * Names a part of the image, for prompts: a LoRA whose tag says {@code mask=name} acts there
     * only ({@code <lora:ink:0.8:mask=left>}), and so does a side of {@code AND} that has {@code
     * <mask:name>} in it ({@code a wood AND a red fox <mask:left> AND a heron <mask:right>}). Where
     * masks of sides overlap, their shares are brought to the sum 1; sides without a mask act
     * everywhere beside them.
     *
     * @param name as tags say it; of letters, digits, blanks inside, {@code _}, {@code -} and
     *     {@code .}. A name that was given before gets the new mask
     * @param mask where it is
     * @return this builder
     * @throws IllegalArgumentException if a tag cannot say the name
     */
    public Builder mask(String name, RegionMask mask) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(mask, "mask");
      if (!MASK_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            ("the name of a mask must be letters, digits, '_', '-' and '.', with blanks inside at"
                    + " most, so that tags can say it: '%s'")
                .formatted(name));
      }
      Map<String, RegionMask> more = new LinkedHashMap<>(values.masks);
      more.put(name, mask);
      values.masks = Collections.unmodifiableMap(more);
      return this;
    }

    /**
     * Names a part of the image; its edge is that of {@link RegionMask#of}.
     *
     * @param name see {@link #mask(String, RegionMask)}
     * @param picture white where the part is; of any size
     * @return this builder
     * @throws IllegalArgumentException if a tag cannot say the name
     */
    public Builder mask(String name, Image picture) {
      return mask(name, RegionMask.of(picture));
    }

    /**
     * Removes the masks that were named.
     *
     * @return this builder
     */
    public Builder noMasks() {
      values.masks = Map.of();
      return this;
    }

    /**
     * Sets how LoRAs get into the computation.
     *
     * @param loraMode default: {@link Pipeline.Builder#loraMode}
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      values.loraMode = Optional.of(Objects.requireNonNull(loraMode, "loraMode"));
      return this;
    }

    /**
     * Sets whether LoRAs get what their authors advise, as a click on their cards in A1111 gives
     * it: the preferred weight where a tag has none, trigger words behind the tag if the prompt has
     * none of the LoRA's, and its negative text in the negative prompt unless that has it. A LoRA
     * that is given by object gets its words at the end of the prompt, and the preferred weight if
     * its strength is the plain 1 that adapters are opened with. LoRAs at strength 0 get nothing.
     *
     * <p>The images tell the prompts with what was put in, so that they are drawn again whatever
     * becomes of the files beside the LoRAs. See {@link LoraAdapter#tag()} for where the words come
     * from.
     *
     * @param add default false
     * @return this builder
     */
    public Builder addTriggerWords(boolean add) {
      values.addTriggerWords = add;
      return this;
    }

    /**
     * Sets whether LoRAs and embeddings that cannot be used are left out with a warning in the
     * result, instead of ending the request with an error.
     *
     * @param lenient default: {@link Pipeline.Builder#lenient}
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      values.lenient = Optional.of(lenient);
      return this;
    }

    /**
     * Sets how the prompts are read.
     *
     * @param options default {@link PromptOptions#DEFAULTS}
     * @return this builder
     */
    public Builder promptOptions(PromptOptions options) {
      values.promptOptions = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets the finer settings of sampling.
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
     * Sets what is left out to be faster.
     *
     * @param options default {@link SpeedOptions#DEFAULTS}, nothing
     * @return this builder
     */
    public Builder speedOptions(SpeedOptions options) {
      values.speedOptions = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets how strongly a model that edits images (InstructPix2Pix) keeps to the image. Other
     * models do not look at it.
     *
     * @param imageCfgScale 0 or more. Default 1.5; at 1 the image guides no more than it does
     *     without the prompt
     * @return this builder
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public Builder imageCfgScale(double imageCfgScale) {
      values.imageCfgScale = Checks.notNegative(imageCfgScale, "imageCfgScale");
      return this;
    }

    /**
     * Sets when the pipeline's refiner takes the place of its checkpoint. With hires fix it does so
     * in the second pass, as in A1111.
     *
     * @param refinerSwitch default never
     * @return this builder
     * @throws NullPointerException if it is null
     */
    public Builder refinerSwitch(RefinerSwitch refinerSwitch) {
      values.refinerSwitch = Optional.of(Objects.requireNonNull(refinerSwitch, "refinerSwitch"));
      return this;
    }

    /**
     * Sets what SDXL is told of sizes beside the prompt. Other families do not look at it.
     *
     * @param sizeConditioning default {@link SizeConditioning#DEFAULTS}
     * @return this builder
     * @throws NullPointerException if it is null
     */
    public Builder sizeConditioning(SizeConditioning sizeConditioning) {
      values.sizeConditioning = Objects.requireNonNull(sizeConditioning, "sizeConditioning");
      return this;
    }

    /**
     * Sets what is mixed into the noise of the seed.
     *
     * @param variation default {@link Variation#NONE}
     * @return this builder
     */
    public Builder variation(Variation variation) {
      values.variation = Objects.requireNonNull(variation, "variation");
      return this;
    }

    /**
     * Starts from an image in place of noise. Cannot be combined with {@link #hiresFix}.
     *
     * @param settings the image, and how much of it to change. Default: from noise
     * @return this builder
     */
    public Builder imageToImage(ImageToImage settings) {
      values.imageToImage = Optional.of(Objects.requireNonNull(settings, "settings"));
      return this;
    }

    /**
     * Adds a second pass at a larger size. Cannot be combined with {@link #imageToImage}.
     *
     * @param settings how large, and how the pass samples. Default: no such pass
     * @return this builder
     */
    public Builder hiresFix(HiresFix settings) {
      values.hiresFix = Optional.of(Objects.requireNonNull(settings, "settings"));
      return this;
    }

    /**
     * Takes the second pass away, as for a preview of what was read from an image.
     *
     * @return this builder
     */
    public Builder noHiresFix() {
      values.hiresFix = Optional.empty();
      return this;
    }

    /**
     * Adds a network that makes the image follow another. Several add up.
     *
     * @param unit the network, the image to follow, and how strongly
     * @return this builder
     */
    public Builder controlUnit(ControlUnit unit) {
      Objects.requireNonNull(unit, "unit");
      values.controlUnits = with(values.controlUnits, unit);
      return this;
    }

    /**
     * Sets which edges of the image continue at the opposite edge.
     *
     * @param tiling default {@link Tiling#NONE}
     * @return this builder
     */
    public Builder tiling(Tiling tiling) {
      values.tiling = Objects.requireNonNull(tiling, "tiling");
      return this;
    }

    /**
     * Sets whether the VAE works in strips, which take less memory.
     *
     * @param vaeTiling default {@link VaeTiling#AUTO}
     * @return this builder
     */
    public Builder vaeTiling(VaeTiling vaeTiling) {
      values.vaeTiling = Objects.requireNonNull(vaeTiling, "vaeTiling");
      return this;
    }

    /**
     * Sets what turns the last latent into the image. A pipeline without a {@link
     * Pipeline.Builder#previewDecoder} refuses {@link FinalDecoder#TAESD} when generating.
     *
     * @param decoder default {@link FinalDecoder#VAE}
     * @return this builder
     */
    public Builder finalDecoder(FinalDecoder decoder) {
      values.finalDecoder = Objects.requireNonNull(decoder, "decoder");
      return this;
    }

    /**
     * Enlarges finished images.
     *
     * @param upscaling by what and how far. Default: not
     * @return this builder
     */
    public Builder upscaling(Upscaling upscaling) {
      values.upscaling = Optional.of(Objects.requireNonNull(upscaling, "upscaling"));
      return this;
    }

    /**
     * Sets what is known beyond settings; see {@link PromptSpec#otherParameters()}.
     *
     * @param parameters by key, in the order in which they are to be kept; copied
     * @return this builder
     */
    public Builder otherParameters(Map<String, String> parameters) {
      Objects.requireNonNull(parameters, "parameters");
      values.otherParameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
      return this;
    }

    /**
     * Uses the size of the checkpoint, or of the start image, the default.
     *
     * @return this builder
     */
    public Builder noSize() {
      values.size = Optional.empty();
      return this;
    }

    /**
     * Uses the pipeline's LoRA mode, the default.
     *
     * @return this builder
     */
    public Builder noLoraMode() {
      values.loraMode = Optional.empty();
      return this;
    }

    /**
     * Uses the pipeline's leniency, the default.
     *
     * @return this builder
     */
    public Builder noLenient() {
      values.lenient = Optional.empty();
      return this;
    }

    /**
     * Removes the refiner, the default.
     *
     * @return this builder
     */
    public Builder noRefinerSwitch() {
      values.refinerSwitch = Optional.empty();
      return this;
    }

    /**
     * Removes the start image, the default.
     *
     * @return this builder
     */
    public Builder noImageToImage() {
      values.imageToImage = Optional.empty();
      return this;
    }

    /**
     * Removes upscaling, the default.
     *
     * @return this builder
     */
    public Builder noUpscaling() {
      values.upscaling = Optional.empty();
      return this;
    }

    /**
     * Removes the ControlNet units.
     *
     * @return this builder
     */
    public Builder noControlUnits() {
      values.controlUnits = List.of();
      return this;
    }

    /**
     * Takes back {@link #fewSteps}.
     *
     * @return this builder
     */
    public Builder noFewSteps() {
      fewSteps = Optional.empty();
      return this;
    }

    /**
     * Builds the spec; the builder can be used further.
     *
     * @return the spec
     * @throws IllegalStateException if settings are combined that exclude each other; the message
     *     names them
     */
    public PromptSpec build() {
      if (values.hiresFix.isPresent() && values.imageToImage.isPresent()) {
        throw new IllegalStateException(
            "hiresFix and imageToImage cannot be combined; give imageToImage the larger size");
      }
      PromptValues built = new PromptValues(values);
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
