package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Door.PROPERTY;
import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.FRACTION;
import static dev.sdlora.api.setting.Values.NOT_NEGATIVE;
import static dev.sdlora.api.setting.Values.TEXT;
import static dev.sdlora.api.setting.Values.boxed;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Group.Copy;

/** All settings of a request. */
public final class Settings {
  /** The settings of {@link SamplerOptions}. */
  public static final Group<SamplerOptions, SamplerOptions.Builder> SAMPLER =
      SamplingSettings.SAMPLER;

  /** The settings of {@link SpeedOptions}. */
  public static final Group<SpeedOptions, SpeedOptions.Builder> SPEED = SamplingSettings.SPEED;

  /** The settings of {@link GuidanceRange}. */
  public static final Group<GuidanceRange, ?> GUIDANCE_RANGE = SamplingSettings.GUIDANCE_RANGE;

  /** The settings of {@link PromptOptions}. */
  public static final Group<PromptOptions, Copy<PromptOptions>> PROMPT = ReadingSettings.PROMPT;

  /** The settings of {@link Variation}. */
  public static final Group<Variation, Copy<Variation>> VARIATION = ImageSettings.VARIATION;

  /** The settings of {@link SizeConditioning}. */
  public static final Group<SizeConditioning, Copy<SizeConditioning>> SIZE_CONDITIONING =
      ImageSettings.SIZE_CONDITIONING;

  /** The settings of {@link ImageToImage}. */
  public static final Group<ImageToImage, ImageToImage.Builder> IMAGE_TO_IMAGE =
      ImageSettings.IMAGE_TO_IMAGE;

  /** The settings of {@link Inpainting}. */
  public static final Group<Inpainting, Inpainting.Builder> INPAINTING = ImageSettings.INPAINTING;

  /** The settings of {@link Outpainting}. */
  public static final Group<Outpainting, ?> OUTPAINTING = ImageSettings.OUTPAINTING;

  /** The settings of {@link RegionMask}. */
  public static final Group<RegionMask, ?> REGION = ImageSettings.REGION;

  /** The settings of {@link HiresFix}. */
  public static final Group<HiresFix, HiresFix.Builder> HIRES = ImageSettings.HIRES;

  /** The settings of {@link DetailPass}. */
  public static final Group<DetailPass, DetailPass.Builder> DETAIL_PASS =
      NetworkSettings.DETAIL_PASS;

  /** The settings of {@link PromptSpec}. */
  public static final Group<PromptSpec, PromptSpec.Builder> SPEC =
      Group.of(
              PromptSpec.class,
              required -> PromptSpec.builder(),
              PromptSpec::toBuilder,
              PromptSpec.Builder::build)
          .with(
              "prompt",
              TEXT,
              "Prompt, in A1111's syntax: (stronger:1.2), [weaker], <lora:name:0.8>.",
              PromptSpec::prompt,
              PromptSpec.Builder::prompt)
          .without(INFOTEXT, "the text begins with it")
          .without(PROPERTY, "the messages of a request")
          .with(
              "negativePrompt",
              TEXT,
              "Negative prompt, in the same syntax.",
              PromptSpec::negativePrompt,
              PromptSpec.Builder::negativePrompt)
          .without(INFOTEXT, "it follows the prompt")
          .named(COMMAND_LINE, "--negative")
          .optional(
              "size",
              Values.SIZE,
              "Width and height in pixels, multiples of 8, or of 16 for FLUX.2 klein and Z-Image.",
              PromptSpec::size,
              PromptSpec.Builder::size)
          .without(PROPERTY, "width and height")
          .unset("the model's own")
          .unit("WxH")
          .named(JSON, "width")
          .with(
              "steps",
              Kind.whole(1, 1000),
              "Sampling steps.",
              PromptSpec::steps,
              PromptSpec.Builder::steps)
          .unset("the model's own")
          .with(
              "sampler",
              Values.SAMPLER,
              "Sampler, any of A1111's.",
              PromptSpec::sampler,
              PromptSpec.Builder::sampler)
          .without(PROPERTY, "a name with a schedule")
          .described(
              COMMAND_LINE,
              "Sampler, any of A1111's, optionally with its schedule, as in 'DPM++ 2M Karras'.")
          .unset("the model's own")
          .named(JSON, "sampler_name")
          .with(
              "schedule",
              Values.SCHEDULE,
              "Noise schedule, any of A1111's, or Trailing.",
              PromptSpec::schedule,
              PromptSpec.Builder::schedule)
          .named(INFOTEXT, "Schedule type")
          .named(JSON, "scheduler")
          .with(
              "cfgScale",
              NOT_NEGATIVE,
              "CFG scale: how strongly the image is pushed from the negative prompt towards the"
                  + " prompt.",
              PromptSpec::cfgScale,
              PromptSpec.Builder::cfgScale)
          .named(INFOTEXT, "CFG scale")
          .named(COMMAND_LINE, "--cfg")
          .unset("the model's own")
          .unit("SCALE")
          .optional(
              "seed",
              Kind.wholeLong(),
              "Seed of the first image; the others count up.",
              spec -> boxed(spec.seed()),
              PromptSpec.Builder::seed)
          .unset("random")
          .with(
              "rng",
              Kind.constant(Rng.class),
              "Random number generator: nv as on NVIDIA GPUs (A1111), cpu as PyTorch on a CPU"
                  + " (ComfyUI).",
              PromptSpec::rng,
              PromptSpec.Builder::rng)
          .named(INFOTEXT, "RNG")
          .named(JSON, "randn_source")
          .with(
              "images",
              Kind.whole(1, Integer.MAX_VALUE),
              "Number of images.",
              PromptSpec::images,
              PromptSpec.Builder::images)
          .without(INFOTEXT, "each image has a text of its own")
          .named(JSON, "n_iter")
          .named(PROPERTY, "n")
          .with(
              "clipSkip",
              Kind.whole(1, 12),
              "Text encoder layer to read, counted from the end.",
              PromptSpec::clipSkip,
              PromptSpec.Builder::clipSkip)
          .unset("the model's own")
          .named(JSON, "CLIP_stop_at_last_layers")
          .with(
              "loras",
              Kind.list(Kind.object(LoraSettings.LORA)),
              "LoRAs added to those named in the prompts.",
              PromptSpec::loras,
              (spec, loras) -> {
                spec.noLoras();
                loras.forEach(spec::lora);
              })
          .without(INFOTEXT, "tags in the prompt name them")
          .without(PROPERTY, "names with weights")
          .named(COMMAND_LINE, "--lora")
          .named(JSON, "lora")
          .with(
              "masks",
              Kind.map(Kind.object(ImageSettings.REGION)),
              "Parts of the image that prompts can name.",
              PromptSpec::masks,
              (spec, masks) -> {
                spec.noMasks();
                masks.forEach(spec::mask);
              })
          .without(INFOTEXT, "the text has no images")
          .without(PROPERTY, "a customizer")
          .named(COMMAND_LINE, "--region")
          .optional(
              "loraMode",
              Kind.constant(LoraMode.class),
              "Patch LoRAs into the weights or apply them as an overlay.",
              PromptSpec::loraMode,
              PromptSpec.Builder::loraMode)
          .named(INFOTEXT, "LoRA mode")
          .without(INFOTEXT, "the key has the mode that the pipeline used")
          .unset("auto, which patches if only one request runs at a time")
          .optional(
              "lenient",
              FLAG,
              "Skip unusable LoRAs with a warning instead of failing.",
              PromptSpec::lenient,
              PromptSpec.Builder::lenient)
          .without(INFOTEXT, "it does not change the image")
          .with(
              "addTriggerWords",
              FLAG,
              "Add the trigger words, preferred weight and negative text of LoRAs to the prompts if"
                  + " missing, as A1111's cards do.",
              PromptSpec::addTriggerWords,
              PromptSpec.Builder::addTriggerWords)
          .without(INFOTEXT, "the prompts have the words")
          .named(COMMAND_LINE, "--trigger-words")
          .named(PROPERTY, "trigger-words")
          .with(
              "promptOptions",
              Kind.object(ReadingSettings.PROMPT),
              "How prompts are read.",
              PromptSpec::promptOptions,
              PromptSpec.Builder::promptOptions)
          .without(INFOTEXT, "each of its settings has one")
          .without(JSON, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .named(PROPERTY, "")
          .with(
              "samplerOptions",
              Kind.object(SAMPLER),
              "Advanced sampling settings.",
              PromptSpec::samplerOptions,
              PromptSpec.Builder::samplerOptions)
          .without(INFOTEXT, "each of its settings has one")
          .without(JSON, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .named(PROPERTY, "")
          .with(
              "speedOptions",
              Kind.object(SPEED),
              "Options that trade exactness for speed.",
              PromptSpec::speedOptions,
              PromptSpec.Builder::speedOptions)
          .without(INFOTEXT, "each of its settings has one")
          .without(JSON, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .named(PROPERTY, "")
          .with(
              "variation",
              Kind.object(ImageSettings.VARIATION),
              "Variation of the seed's noise.",
              PromptSpec::variation,
              PromptSpec.Builder::variation)
          .without(INFOTEXT, "each of its settings has one")
          .without(JSON, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .with(
              "sizeConditioning",
              Kind.object(ImageSettings.SIZE_CONDITIONING),
              "Sizes that SDXL reads in addition to the prompt.",
              PromptSpec::sizeConditioning,
              PromptSpec.Builder::sizeConditioning)
          .without(INFOTEXT, "each of its settings has one")
          .without(JSON, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .named(PROPERTY, "")
          .optional(
              "distilledGuidance",
              NOT_NEGATIVE,
              "Guidance scale that FLUX.1 [dev] and its kin read as an input.",
              spec -> boxed(spec.distilledGuidance()),
              PromptSpec.Builder::distilledGuidance)
          .named(INFOTEXT, "Distilled CFG Scale")
          .without(INFOTEXT, "the key has the scale that the model read")
          .named(COMMAND_LINE, "--distilled-cfg")
          .unset("the model's own, 3.5 for FLUX.1 [dev]")
          .unit("SCALE")
          .named(JSON, "distilled_cfg_scale")
          .with(
              "imageCfgScale",
              NOT_NEGATIVE,
              "Guidance scale for the start image of an editing model.",
              PromptSpec::imageCfgScale,
              PromptSpec.Builder::imageCfgScale)
          .named(INFOTEXT, "Image CFG scale")
          .unit("SCALE")
          .optional(
              "refinerSwitch",
              FRACTION,
              "Point where the refiner takes over, as a fraction of the noise schedule.",
              spec -> boxed(spec.refinerSwitch()),
              (spec, at) -> spec.refinerSwitch(at, spec.refinerBySteps()))
          .named(INFOTEXT, "Refiner switch at")
          .named(COMMAND_LINE, "--refiner-switch-at")
          .unset("0.8 with a refiner, otherwise never")
          .named(JSON, "refiner_switch_at")
          .with(
              "refinerBySteps",
              FLAG,
              "Measure refinerSwitch as a fraction of the steps instead of the noise schedule.",
              PromptSpec::refinerBySteps,
              Settings::refinerBySteps)
          .named(INFOTEXT, "Refiner switch by sampling steps")
          .named(JSON, "refiner_switch_by_sample_steps")
          .optional(
              "imageToImage",
              Kind.object(ImageSettings.IMAGE_TO_IMAGE),
              "Image to start from instead of noise.",
              PromptSpec::imageToImage,
              PromptSpec.Builder::imageToImage)
          .without(INFOTEXT, "the text has no images")
          .named(COMMAND_LINE, "--init")
          .named(JSON, "init_images")
          .named(PROPERTY, "")
          .optional(
              "hiresFix",
              Kind.object(ImageSettings.HIRES),
              "Second pass at a larger size.",
              PromptSpec::hiresFix,
              PromptSpec.Builder::hiresFix)
          .without(INFOTEXT, "each of its settings has one")
          .named(COMMAND_LINE, "--hires")
          .named(JSON, "enable_hr")
          .named(PROPERTY, "hires")
          .with(
              "controlUnits",
              Kind.list(Kind.object(NetworkSettings.CONTROL)),
              "ControlNets and T2I-Adapters.",
              PromptSpec::controlUnits,
              (spec, units) -> {
                spec.noControlUnits();
                units.forEach(spec::controlUnit);
              })
          .without(INFOTEXT, "the text has no images")
          .without(PROPERTY, "a customizer")
          .named(COMMAND_LINE, "--control")
          .named(JSON, "alwayson_scripts")
          .with(
              "referenceImages",
              Kind.list(Kind.image()),
              "Images that a model such as FLUX.2 klein reads in addition to the prompt.",
              PromptSpec::referenceImages,
              (spec, images) -> {
                spec.noReferenceImages();
                images.forEach(spec::referenceImage);
              })
          .without(INFOTEXT, "the text has no images")
          .without(PROPERTY, "media of a message")
          .named(COMMAND_LINE, "--reference")
          .with(
              "imagePrompts",
              Kind.list(Kind.object(NetworkSettings.IMAGE_PROMPT)),
              "Images that an IP-Adapter reads next to the text.",
              PromptSpec::imagePrompts,
              (spec, prompts) -> {
                spec.noImagePrompts();
                prompts.forEach(spec::imagePrompt);
              })
          .without(INFOTEXT, "the text has no images")
          .without(PROPERTY, "a customizer")
          .named(COMMAND_LINE, "--image-prompt")
          .named(JSON, "alwayson_scripts")
          .with(
              "detailPasses",
              Kind.list(Kind.object(NetworkSettings.DETAIL_PASS)),
              "Passes that repaint details of the finished image, such as faces.",
              PromptSpec::detailPasses,
              (spec, passes) -> {
                spec.noDetailPasses();
                passes.forEach(spec::detailPass);
              })
          .without(INFOTEXT, "each of its settings has one")
          .without(PROPERTY, "a customizer")
          .named(COMMAND_LINE, "--detail")
          .named(JSON, "detailPasses")
          .with(
              "tiling",
              Kind.constant(Tiling.class),
              "Directions in which the image repeats without a seam.",
              PromptSpec::tiling,
              PromptSpec.Builder::tiling)
          .with(
              "vaeTiling",
              Kind.constant(VaeTiling.class),
              "Whether the VAE works in strips, which needs less memory; auto does so for large"
                  + " images.",
              PromptSpec::vaeTiling,
              PromptSpec.Builder::vaeTiling)
          .named(INFOTEXT, "VAE tiling")
          .with(
              "finalDecoder",
              Kind.constant(FinalDecoder.class),
              "Decoder of the final image; taesd, of the preview decoder, is much faster.",
              PromptSpec::finalDecoder,
              PromptSpec.Builder::finalDecoder)
          .named(INFOTEXT, "VAE Decoder")
          .named(JSON, "sd_vae_decode_method")
          .optional(
              "upscaler",
              Kind.object(ImageSettings.UPSCALER),
              "Upscaler of finished images.",
              PromptSpec::upscaler,
              (spec, upscaler) -> spec.upscaling(upscaler, spec.upscale()))
          .named(INFOTEXT, "Postprocess upscaler")
          .without(JSON, "/sdapi/v1/extra-single-image enlarges finished images")
          .with(
              "upscale",
              Kind.number(1, 8),
              "Factor by which finished images are enlarged.",
              PromptSpec::upscale,
              Settings::upscale)
          .named(INFOTEXT, "Postprocess upscale by")
          .without(JSON, "/sdapi/v1/extra-single-image enlarges finished images")
          .with(
              "otherParameters",
              Kind.map(TEXT),
              "Parameters of the image that the settings come from that have no setting here.",
              PromptSpec::otherParameters,
              PromptSpec.Builder::otherParameters)
          .without(INFOTEXT, "their names are keys")
          .without(JSON, "they come from the image in 'infotext'")
          .without(PROPERTY, "a customizer")
          .without(COMMAND_LINE, "they come from the image of --from")
          .group();

  private Settings() {}

  private static void refinerBySteps(PromptSpec.Builder spec, boolean bySteps) {
    if (spec.refinerSwitch().isEmpty()) {
      throw new IllegalArgumentException("needs a refinerSwitch");
    }
    spec.refinerSwitch(spec.refinerSwitch().getAsDouble(), bySteps);
  }

  private static void upscale(PromptSpec.Builder spec, double factor) {
    spec.upscaling(
        spec.upscaler().orElseThrow(() -> new IllegalArgumentException("needs an upscaler")),
        factor);
  }
}
