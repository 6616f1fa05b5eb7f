package dev.sdlora.infotext.key;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Group.Copy;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Checks;
import dev.sdlora.infotext.Infotext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects a request while an {@link Infotext} is parsed. */
public final class InfotextDraft {
  private static final Pattern SIDES = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  /** Versions of A1111 and Forge, which treat LoRA tags in negative prompts as text. */
  private static final Pattern A1111 = Pattern.compile("(f[\\d.]+)?v1\\.\\d+.*");

  private static final List<String> LIMITS =
      List.of(
          "Schedule min sigma",
          "Schedule max sigma",
          "Sigma tmin",
          "Sigma tmax",
          "Skip layer start",
          "Skip layer end");

  public final PromptSpec.Builder spec = PromptSpec.builder();
  final SamplerOptions.Builder sampler = SamplerOptions.builder();
  final SpeedOptions.Builder speed = SpeedOptions.builder();
  final HiresFix.Builder hires = HiresFix.builder();
  public final Copy<PromptOptions> prompts = Settings.PROMPT.edit(PromptOptions.DEFAULTS);
  final Copy<Variation> variation = Settings.VARIATION.edit(Variation.NONE);
  final Copy<SizeConditioning> sizes = Settings.SIZE_CONDITIONING.edit(SizeConditioning.DEFAULTS);
  boolean skipsUncondInAllSteps;

  private final Map<String, String> kept = new LinkedHashMap<>();
  private final Map<Integer, Map<String, String>> details = new LinkedHashMap<>();
  private double ngms;
  private GuidanceRange guided = GuidanceRange.ALL;
  private Tiling tiling = Tiling.NONE;
  private boolean hasHires;
  private boolean onTimesteps;
  private OptionalDouble eta = OptionalDouble.empty();
  private Optional<ImageSize> size = Optional.empty();
  private double upscale = 1;
  private OptionalDouble refinerSwitchAt = OptionalDouble.empty();
  private boolean refinerBySteps;
  private Optional<String> hypernet = Optional.empty();
  private double hypernetStrength = 1;

  void refinerSwitchAt(double share) {
    spec.refinerSwitch(share);
    refinerSwitchAt = OptionalDouble.of(share);
  }

  /** Until January 2023, A1111 had a single hypernetwork, which was not part of the prompt. */
  void hypernet(String name) {
    hypernet = Optional.of(name);
  }

  void hypernetStrength(String value) {
    hypernetStrength = InfotextValues.decimal(value);
  }

  void refinerBySteps(boolean bySteps) {
    refinerBySteps = bySteps;
  }

  /** Adds a value of a detail pass; the passes are built at the end. */
  void detail(int pass, String name, String value) {
    details.computeIfAbsent(pass, first -> new LinkedHashMap<>()).put(name, value);
  }

  /** Keeps a value that is not a setting of a request. */
  public void keep(String key, String value) {
    kept.put(key, value);
  }

  /** Keeps a value that belongs to img2img, unless the text has hires fix. */
  void keepWithoutHires(String key, String value) {
    if (!hasHires) {
      keep(key, value);
    }
  }

  public void hasHires() {
    hasHires = true;
  }

  /**
   * Sets the strength of the hires pass, or keeps that of img2img, whose image is not in the text.
   */
  void denoisingStrength(String value) {
    double strength = InfotextValues.decimal(value);
    hires.denoisingStrength(strength);
    keepWithoutHires("Denoising strength", value);
  }

  /** Sets the sampler, even if the last word of the name is not a known schedule. */
  void sampler(String name) {
    String known = withKnownSchedule(name, "Sampler");
    Sampler sampler = Sampler.inName(known);
    spec.sampler(sampler);
    onTimesteps = sampler.onTimesteps();
    Schedule.inName(known).ifPresent(spec::schedule);
  }

  /** Returns the name of a sampler without a last word that is not a known schedule. */
  private String withKnownSchedule(String name, String key) {
    try {
      Sampler.inName(name);
      return name;
    } catch (IllegalArgumentException e) {
      int lastWord = name.lastIndexOf(' ');
      if (lastWord < 0) {
        throw e;
      }
      String rest = name.substring(0, lastWord);
      Sampler.inName(rest);
      keep(key, name);
      return rest;
    }
  }

  /** Sets eta; stable-diffusion.cpp writes {@code inf} for the sampler's default. */
  void eta(String value) {
    if (!value.equals("inf")) {
      eta = OptionalDouble.of(InfotextValues.decimal(value));
    }
  }

  /** Sets the schedule, unless it is Automatic: then the schedule in the sampler's name stays. */
  void schedule(String name) {
    Schedule schedule = Schedule.parse(name);
    if (schedule != Schedule.AUTOMATIC) {
      spec.schedule(schedule);
    }
  }

  void hiresSampler(String name) {
    if (!name.equals("Use same sampler")) {
      String known = withKnownSchedule(name, "Hires sampler");
      hires.sampler(Sampler.inName(known));
      Schedule.inName(known).ifPresent(hires::schedule);
    }
  }

  void hiresSchedule(String name) {
    if (!name.equals("Use same scheduler")) {
      hires.schedule(Schedule.parse(name));
    }
  }

  public void size(String value) {
    size = Optional.of(ImageSize.parse(value));
    spec.size(size.get());
  }

  /**
   * Sets the factor; stable-diffusion.cpp writes the upscaler here and the factor as {@code Hires
   * scale}.
   */
  void hiresUpscale(String value) {
    if (InfotextValues.isDecimal(value)) {
      hires.scale(InfotextValues.decimal(value));
    } else {
      hires.upscaler(Upscaler.named(value));
    }
  }

  /** Sets the size; a side of 0 follows from the other and the aspect ratio of the first pass. */
  void hiresSize(String value) {
    Matcher sides = SIDES.matcher(value);
    if (!sides.matches()) {
      throw new IllegalArgumentException("it must be WIDTHxHEIGHT in pixels");
    }
    int width = Integer.parseInt(sides.group(1));
    int height = Integer.parseInt(sides.group(2));
    if (width == 0 && height == 0) {
      return; // the scale factor applies
    }
    if ((width == 0 || height == 0) && size.isPresent()) {
      ImageSize first = size.get();
      width = width == 0 ? height * first.width() / first.height() / 8 * 8 : width;
      height = height == 0 ? width * first.height() / first.width() / 8 * 8 : height;
    }
    hires.size(new ImageSize(width, height));
  }

  /**
   * Until 2022, A1111 wrote the size of the result as {@code Size}, which is now that of the first
   * pass.
   */
  void firstPassSize(String value) {
    if (value.equals("0x0") || size.isEmpty()) {
      keep("First pass size", value);
      hasHires = false;
    } else {
      spec.size(ImageSize.parse(value));
      hires.size(size.get());
    }
  }

  void ngms(double sigma) {
    sampler.skipUncondBelowSigma(sigma);
    ngms = sigma;
  }

  /** Restricts the guidance range further. */
  void guided(GuidanceRange range) {
    guided = guided.and(range);
  }

  /** Adds a tiling direction. */
  void tiling(Tiling more) {
    tiling = tiling == Tiling.NONE || tiling == more ? more : Tiling.BOTH;
    spec.tiling(tiling);
  }

  void upscale(String value) {
    upscale = Checks.inRange(1, 8, InfotextValues.decimal(value), "scale");
  }

  void upscaler(String name) {
    spec.upscaling(Upscaler.named(name), upscale);
  }

  /**
   * Builds the request.
   *
   * @param settings all settings in the text
   */
  public PromptSpec finish(SettingsLine settings) {
    finishEta(settings);
    finishGuidance();
    DetailKeys.passes(details, this).forEach(spec::detailPass);
    spec.samplerOptions(samplerOptions(settings))
        .speedOptions(speed.guidanceRange(guided).build())
        .promptOptions(Settings.PROMPT.build(prompts))
        .variation(Settings.VARIATION.build(variation))
        .sizeConditioning(Settings.SIZE_CONDITIONING.build(sizes))
        .otherParameters(kept);
    if (hasHires) {
      spec.hiresFix(hires.build());
    }
    refinerSwitchAt.ifPresent(at -> spec.refinerSwitch(at, refinerBySteps));
    hypernet.ifPresent(
        name ->
            spec.prompt(
                spec.prompt()
                    + "<hypernet:%s:%s>".formatted(name, InfotextValues.number(hypernetStrength))));
    PromptSpec read = spec.build();
    boolean asText =
        settings.value("Version").map(version -> A1111.matcher(version).matches()).orElse(false)
            && PromptTexts.hasNegativeLora(read);
    return asText
        ? read.toBuilder().promptOptions(read.promptOptions().withNegativeLoras(false)).build()
        : read;
  }

  /** A1111 uses the same sigma whether it skips every other step or all steps. */
  private void finishGuidance() {
    if (skipsUncondInAllSteps) {
      guided(GuidanceRange.ofSigmas(ngms, Double.POSITIVE_INFINITY));
      sampler.skipUncondBelowSigma(0);
    }
  }

  /**
   * stable-diffusion.cpp has one eta for all samplers. Before it also wrote its settings as JSON,
   * it wrote 0 for samplers that ignored eta.
   */
  private void finishEta(SettingsLine settings) {
    boolean cpp = settings.value("Version").equals(Optional.of("stable-diffusion.cpp"));
    boolean unset = cpp && settings.value("SDCPP").isEmpty() && eta.equals(OptionalDouble.of(0));
    if (eta.isPresent() && !unset) {
      try {
        if (cpp && onTimesteps) {
          sampler.etaDdim(eta.getAsDouble());
        } else {
          sampler.eta(eta.getAsDouble());
        }
      } catch (IllegalArgumentException e) {
        settings.value("Eta").ifPresent(value -> keep("Eta", value));
      }
    }
  }

  /**
   * Builds the options. Limits that contradict each other are kept aside like other invalid values.
   */
  private SamplerOptions samplerOptions(SettingsLine settings) {
    try {
      return sampler.build();
    } catch (IllegalStateException e) {
      for (String limit : LIMITS) {
        settings.value(limit).ifPresent(value -> keep(limit, value));
      }
      return sampler
          .sigmaMin(0)
          .sigmaMax(0)
          .sTmin(0)
          .sTmax(0)
          .skipLayerStart(SamplerOptions.DEFAULTS.skipLayerStart())
          .skipLayerEnd(SamplerOptions.DEFAULTS.skipLayerEnd())
          .build();
    }
  }
}
