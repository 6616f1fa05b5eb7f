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

/** The values of a spec or a builder. Not thread-safe. */
final class PromptValues implements Cloneable {
  String prompt = "";
  String negativePrompt = "";
  Optional<ImageSize> size = Optional.empty();
  int steps = 20;
  Sampler sampler = Sampler.DPMPP_2M;
  Schedule schedule = Schedule.AUTOMATIC;
  double cfgScale = 7;
  OptionalLong seed = OptionalLong.empty();
  Rng rng = Rng.NV;
  int images = 1;
  int clipSkip = 1;
  List<LoraAdapter> loras = List.of();
  Map<String, RegionMask> masks = Map.of();
  Optional<LoraMode> loraMode = Optional.empty();
  Optional<Boolean> lenient = Optional.empty();
  boolean addTriggerWords;
  PromptOptions promptOptions = PromptOptions.DEFAULTS;
  SamplerOptions samplerOptions = SamplerOptions.DEFAULTS;
  SpeedOptions speedOptions = SpeedOptions.DEFAULTS;
  Variation variation = Variation.NONE;
  SizeConditioning sizeConditioning = SizeConditioning.DEFAULTS;
  OptionalDouble distilledGuidance = OptionalDouble.empty();
  double imageCfgScale = 1.5;
  OptionalDouble refinerSwitch = OptionalDouble.empty();
  boolean refinerBySteps;
  Optional<ImageToImage> imageToImage = Optional.empty();
  Optional<HiresFix> hiresFix = Optional.empty();
  List<ControlUnit> controlUnits = List.of();
  List<Image> referenceImages = List.of();
  List<ImagePrompt> imagePrompts = List.of();
  List<DetailPass> detailPasses = List.of();
  Tiling tiling = Tiling.NONE;
  VaeTiling vaeTiling = VaeTiling.AUTO;
  FinalDecoder finalDecoder = FinalDecoder.VAE;
  Optional<Upscaler> upscaler = Optional.empty();
  double upscale = 1;
  Map<String, String> otherParameters = Map.of();

  PromptValues() {}

  /** Returns a copy, which shares the values: all are immutable. */
  PromptValues copy() {
    try {
      return (PromptValues) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns all settings, for comparing specs. */
  List<Object> state() {
    return List.of(
        prompt,
        negativePrompt,
        size,
        steps,
        sampler,
        schedule,
        cfgScale,
        seed,
        rng,
        images,
        clipSkip,
        loras,
        masks,
        loraMode,
        lenient,
        addTriggerWords,
        promptOptions,
        samplerOptions,
        speedOptions,
        variation,
        sizeConditioning,
        distilledGuidance,
        imageCfgScale,
        refinerSwitch,
        refinerBySteps,
        imageToImage,
        hiresFix,
        controlUnits,
        referenceImages,
        imagePrompts,
        detailPasses,
        tiling,
        vaeTiling,
        finalDecoder,
        upscaler,
        upscale,
        otherParameters);
  }
}
