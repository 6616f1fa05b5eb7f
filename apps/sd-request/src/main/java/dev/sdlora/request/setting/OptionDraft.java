package dev.sdlora.request.setting;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Group.Copy;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.SettingException;
import java.util.List;
import java.util.Locale;

/** A draft of a request on which options are set. Not safe for use by several threads. */
public final class OptionDraft {
  final PromptSpec.Builder spec;
  final SamplerOptions.Builder sampler;
  final Copy<PromptOptions> prompts;
  final SpeedOptions.Builder speed;
  private final PromptSpec before;
  final Copy<SizeConditioning> sizes;

  /** Starts with the current values of the request. */
  public OptionDraft(PromptSpec.Builder spec) {
    this.spec = spec;
    this.before = spec.build();
    this.sampler = before.samplerOptions().toBuilder();
    this.prompts = Settings.PROMPT.edit(before.promptOptions());
    this.speed = before.speedOptions().toBuilder();
    this.sizes = Settings.SIZE_CONDITIONING.edit(before.sizeConditioning());
  }

  /** Writes the options to the request. */
  public void finish() {
    spec.samplerOptions(sampler.build())
        .promptOptions(Settings.PROMPT.build(prompts))
        .speedOptions(speed.build())
        .sizeConditioning(Settings.SIZE_CONDITIONING.build(sizes));
  }

  void rng(String name) {
    spec.rng(
        switch (name.toUpperCase(Locale.ROOT)) {
          case "GPU", "NV" -> Rng.NV;
          case "CPU" -> Rng.CPU;
          default -> throw new SettingException("rng", "be GPU, NV or CPU", name);
        });
  }

  void tiling(boolean tiling) {
    spec.tiling(tiling ? Tiling.BOTH : Tiling.NONE);
  }

  /** A1111's default of 1 keeps each sampler's own default, which is not always 1. */
  void eta(double eta) {
    if (eta != 1 || before.samplerOptions().eta().isPresent()) {
      sampler.eta(eta);
    }
  }

  void etaDdim(double eta) {
    if (eta != 0 || before.samplerOptions().etaDdim().isPresent()) {
      sampler.etaDdim(eta);
    }
  }

  /** In A1111, this option applies only to UniPC; the library's also applies to other samplers. */
  void uniPcOrder(int order) {
    SamplerOptions checked = SamplerOptions.builder().order(order).build();
    if (before.sampler() == Sampler.UNIPC
        && (order != 3 || before.samplerOptions().order().isPresent())) {
      sampler.order(checked.order().getAsInt());
    }
  }

  /** Sets the fractions of the steps between which guidance acts. */
  void guidanceSteps(List<Double> range) {
    GuidanceRange old = speed.build().guidanceRange();
    speed.guidanceRange(
        new GuidanceRange(range.get(0), range.get(1), old.sigmaMin(), old.sigmaMax()));
  }

  /** Sets the sigmas between which guidance acts. */
  void guidanceSigmas(List<Double> range) {
    GuidanceRange old = speed.build().guidanceRange();
    speed.guidanceRange(new GuidanceRange(old.start(), old.end(), range.get(0), range.get(1)));
  }

  /** As in A1111, 0 keeps the general ratio. */
  void tokenMergingFromImage(double ratio) {
    SpeedOptions checked = SpeedOptions.builder().tokenMergingRatio(ratio).build();
    if (ratio != 0 && before.imageToImage().isPresent()) {
      speed.tokenMergingRatio(checked.tokenMergingRatio());
    }
  }

  /** Skips all steps below the sigma of {@code s_min_uncond} instead of every other one. */
  void skipUncondInAllSteps() {
    double sigma = before.samplerOptions().skipUncondBelowSigma();
    if (sigma > 0) {
      GuidanceRange range = GuidanceRange.ofSigmas(sigma, Double.POSITIVE_INFINITY);
      speed.guidanceRange(before.speedOptions().guidanceRange().and(range));
      sampler.skipUncondBelowSigma(0);
    }
  }

  /** Whether a request skips all steps below a sigma. */
  public static boolean skipsUncondInAllSteps(PromptSpec spec) {
    return spec.speedOptions().guidanceRange().sigmaMin() > 0
        && spec.samplerOptions().skipUncondBelowSigma() == 0;
  }

  void refinerBySteps(boolean bySteps) {
    before.refinerSwitch().ifPresent(at -> spec.refinerSwitch(at, bySteps));
  }
}
