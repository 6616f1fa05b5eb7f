package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.flag;
import static dev.sdlora.infotext.key.InfotextKey.setting;
import static dev.sdlora.infotext.key.SettingKeys.RANGE;
import static dev.sdlora.infotext.key.SettingKeys.SAMPLER;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The keys of speed options. Guidance limits that A1111 also has are written with its keys, so that
 * it reproduces the image.
 */
final class SpeedKeys {
  /** The sigma below which every other step, or every step, runs without guidance. */
  private static final InfotextKey NGMS =
      SAMPLER
          .key("skipUncondBelowSigma")
          .or(RANGE.key("sigmaMin").onlyIf(SpeedKeys::isNgms))
          .reading((draft, value) -> draft.ngms(InfotextValues.decimal(value)));

  private static final InfotextKey NGMS_ALL_STEPS =
      setting(
          "NGMS all steps",
          settings -> flag(isNgms(settings.spec())),
          (draft, value) -> draft.skipsUncondInAllSteps = InfotextValues.flag(value));

  /** A1111's keys, in its order. */
  static final List<InfotextKey> GUIDANCE =
      List.of(range("start", start -> GuidanceRange.ofSteps(start, 1)), NGMS, NGMS_ALL_STEPS);

  static final InfotextKey END = range("end", end -> GuidanceRange.ofSteps(0, end));

  static final InfotextKey LEAST_SIGMA =
      range("sigmaMin", sigma -> GuidanceRange.ofSigmas(sigma, Double.POSITIVE_INFINITY))
          .onlyIf(spec -> !isNgms(spec));

  static final InfotextKey MOST_SIGMA =
      range("sigmaMax", sigma -> GuidanceRange.ofSigmas(0, sigma));

  private SpeedKeys() {}

  /** Returns the key of a limit, which is read as the range within that limit. */
  private static InfotextKey range(String setting, DoubleFunction<GuidanceRange> within) {
    return RANGE
        .key(setting)
        .reading((draft, value) -> draft.guided(within.apply(InfotextValues.decimal(value))));
  }

  /**
   * Whether the lower guidance limit equals A1111's NGMS on all steps. A1111 compares timesteps
   * with samplers that work on timesteps, and has one sigma for every step and every other step.
   */
  private static boolean isNgms(PromptSpec spec) {
    return spec.speedOptions().guidanceRange().sigmaMin() > 0
        && spec.samplerOptions().skipUncondBelowSigma() == 0
        && !SamplerKeys.inAnyPass(spec, (sampler, schedule) -> sampler.onTimesteps());
  }
}
