package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.FRACTION;
import static dev.sdlora.api.setting.Values.NOT_NEGATIVE;
import static dev.sdlora.api.setting.Values.TEXT;
import static dev.sdlora.api.setting.Values.boxed;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.List;

/** All settings of a request. */
public final class Settings {
  /** The settings of {@link SamplerOptions}. */
  public static final Group<SamplerOptions, SamplerOptions.Builder> SAMPLER =
      SamplingSettings.SAMPLER;

  /** The settings of {@link SpeedOptions}. */
  public static final Group<SpeedOptions, SpeedOptions.Builder> SPEED = SamplingSettings.SPEED;

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
          .with(
              "negativePrompt",
              TEXT,
              "Negative prompt, in the same syntax.",
              PromptSpec::negativePrompt,
              PromptSpec.Builder::negativePrompt)
          .optional(
              "size",
              Values.SIZE,
              "Width and height in pixels, multiples of 8, or of 16 for FLUX.2 klein and Z-Image.",
              PromptSpec::size,
              PromptSpec.Builder::size)
          .with(
              "steps",
              Kind.whole(1, 1000),
              "Sampling steps.",
              PromptSpec::steps,
              PromptSpec.Builder::steps)
          .with(
              "sampler",
              Values.SAMPLER,
              "Sampler, any of A1111's.",
              PromptSpec::sampler,
              PromptSpec.Builder::sampler)
          .with(
              "schedule",
              Values.SCHEDULE,
              "Noise schedule, any of A1111's, or Trailing.",
              PromptSpec::schedule,
              PromptSpec.Builder::schedule)
          .with(
              "cfgScale",
              NOT_NEGATIVE,
              "CFG scale: how strongly the image is pushed from the negative prompt towards the"
                  + " prompt.",
              PromptSpec::cfgScale,
              PromptSpec.Builder::cfgScale)
          .optional(
              "seed",
              Kind.wholeLong(),
              "Seed of the first image; the others count up.",
              spec -> boxed(spec.seed()),
              PromptSpec.Builder::seed)
          .with(
              "rng",
              Values.constant(Rng.class),
              "Random number generator: nv as on NVIDIA GPUs (A1111), cpu as PyTorch on a CPU"
                  + " (ComfyUI).",
              PromptSpec::rng,
              PromptSpec.Builder::rng)
          .with(
              "images",
              Kind.whole(1, Integer.MAX_VALUE),
              "Number of images.",
              PromptSpec::images,
              PromptSpec.Builder::images)
          .with(
              "clipSkip",
              Kind.whole(1, 12),
              "Text encoder layer to read, counted from the end.",
              PromptSpec::clipSkip,
              PromptSpec.Builder::clipSkip)
          .with(
              "loras",
              Kind.list(Kind.object(LoraSettings.LORA)),
              "LoRAs added to those named in the prompts.",
              PromptSpec::loras,
              (spec, loras) -> {
                spec.noLoras();
                loras.forEach(spec::lora);
              })
          .with(
              "masks",
              Kind.map(Kind.object(ImageSettings.REGION)),
              "Parts of the image that prompts can name.",
              PromptSpec::masks,
              (spec, masks) -> {
                spec.noMasks();
                masks.forEach(spec::mask);
              })
          .optional(
              "loraMode",
              Values.constant(LoraMode.class),
              "Patch LoRAs into the weights or apply them as an overlay.",
              PromptSpec::loraMode,
              PromptSpec.Builder::loraMode)
          .optional(
              "lenient",
              FLAG,
              "Skip unusable LoRAs with a warning instead of failing.",
              PromptSpec::lenient,
              PromptSpec.Builder::lenient)
          .with(
              "addTriggerWords",
              FLAG,
              "Add the trigger words, preferred weight and negative text of LoRAs to the prompts if"
                  + " missing, as A1111's cards do.",
              PromptSpec::addTriggerWords,
              PromptSpec.Builder::addTriggerWords)
          .with(
              "promptOptions",
              Kind.object(ReadingSettings.PROMPT),
              "How prompts are read.",
              PromptSpec::promptOptions,
              PromptSpec.Builder::promptOptions)
          .with(
              "samplerOptions",
              Kind.object(SAMPLER),
              "Advanced sampling settings.",
              PromptSpec::samplerOptions,
              PromptSpec.Builder::samplerOptions)
          .with(
              "speedOptions",
              Kind.object(SPEED),
              "Options that trade exactness for speed.",
              PromptSpec::speedOptions,
              PromptSpec.Builder::speedOptions)
          .with(
              "variation",
              Kind.object(ImageSettings.VARIATION),
              "Variation of the seed's noise.",
              PromptSpec::variation,
              PromptSpec.Builder::variation)
          .with(
              "sizeConditioning",
              Kind.object(ImageSettings.SIZE_CONDITIONING),
              "Sizes that SDXL reads in addition to the prompt.",
              PromptSpec::sizeConditioning,
              PromptSpec.Builder::sizeConditioning)
          .optional(
              "distilledGuidance",
              NOT_NEGATIVE,
              "Guidance scale that FLUX.1 [dev] and its kin read as an input.",
              spec -> boxed(spec.distilledGuidance()),
              PromptSpec.Builder::distilledGuidance)
          .with(
              "imageCfgScale",
              NOT_NEGATIVE,
              "Guidance scale for the start image of an editing model.",
              PromptSpec::imageCfgScale,
              PromptSpec.Builder::imageCfgScale)
          .optional(
              "refinerSwitch",
              FRACTION,
              "Point where the refiner takes over, as a fraction of the noise schedule.",
              spec -> boxed(spec.refinerSwitch()),
              (spec, at) -> spec.refinerSwitch(at, spec.refinerBySteps()))
          .with(
              "refinerBySteps",
              FLAG,
              "Measure refinerSwitch as a fraction of the steps instead of the noise schedule.",
              PromptSpec::refinerBySteps,
              Settings::refinerBySteps)
          .optional(
              "imageToImage",
              Kind.object(ImageSettings.IMAGE_TO_IMAGE),
              "Image to start from instead of noise.",
              PromptSpec::imageToImage,
              PromptSpec.Builder::imageToImage)
          .optional(
              "hiresFix",
              Kind.object(ImageSettings.HIRES),
              "Second pass at a larger size.",
              PromptSpec::hiresFix,
              PromptSpec.Builder::hiresFix)
          .with(
              "controlUnits",
              Kind.list(Kind.object(NetworkSettings.CONTROL)),
              "ControlNets and T2I-Adapters.",
              PromptSpec::controlUnits,
              (spec, units) -> {
                spec.noControlUnits();
                units.forEach(spec::controlUnit);
              })
          .with(
              "referenceImages",
              Kind.list(Kind.image()),
              "Images that a model such as FLUX.2 klein reads in addition to the prompt.",
              PromptSpec::referenceImages,
              (spec, images) -> {
                spec.noReferenceImages();
                images.forEach(spec::referenceImage);
              })
          .with(
              "imagePrompts",
              Kind.list(Kind.object(NetworkSettings.IMAGE_PROMPT)),
              "Images that an IP-Adapter reads next to the text.",
              PromptSpec::imagePrompts,
              (spec, prompts) -> {
                spec.noImagePrompts();
                prompts.forEach(spec::imagePrompt);
              })
          .with(
              "detailPasses",
              Kind.list(Kind.object(NetworkSettings.DETAIL_PASS)),
              "Passes that repaint details of the finished image, such as faces.",
              PromptSpec::detailPasses,
              (spec, passes) -> {
                spec.noDetailPasses();
                passes.forEach(spec::detailPass);
              })
          .with(
              "tiling",
              Values.constant(Tiling.class),
              "Directions in which the image repeats without a seam.",
              PromptSpec::tiling,
              PromptSpec.Builder::tiling)
          .with(
              "vaeTiling",
              Values.constant(VaeTiling.class),
              "Whether the VAE works in strips, which needs less memory.",
              PromptSpec::vaeTiling,
              PromptSpec.Builder::vaeTiling)
          .with(
              "finalDecoder",
              Kind.choice(List.of(FinalDecoder.values()), FinalDecoder::label, FinalDecoder::parse),
              "Decoder of the final latent.",
              PromptSpec::finalDecoder,
              PromptSpec.Builder::finalDecoder)
          .optional(
              "upscaler",
              Kind.object(ImageSettings.UPSCALER),
              "Upscaler of finished images.",
              PromptSpec::upscaler,
              (spec, upscaler) -> spec.upscaling(upscaler, spec.upscale()))
          .with(
              "upscale",
              Kind.number(1, 8),
              "Factor by which finished images are enlarged.",
              PromptSpec::upscale,
              Settings::upscale)
          .with(
              "otherParameters",
              Kind.map(TEXT),
              "Parameters of the image that the settings come from that have no setting here.",
              PromptSpec::otherParameters,
              PromptSpec.Builder::otherParameters)
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
