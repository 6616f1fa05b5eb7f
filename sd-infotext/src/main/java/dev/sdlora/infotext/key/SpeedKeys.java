package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.flag;
import static dev.sdlora.infotext.key.InfotextKey.setting;
import static dev.sdlora.infotext.key.InfotextKey.unless;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import java.util.List;
import java.util.Optional;

/**
 * The keys of speed options. Guidance limits that A1111 also has are written with its keys, so that
 * it reproduces the image.
 */
final class SpeedKeys {
  /** The fraction of the steps at the start without guidance. */
  private static final InfotextKey SKIP_EARLY_CFG =
      setting(
          "Skip Early CFG",
          settings -> unless(0, range(settings).start()),
          (draft, value) -> draft.guided(GuidanceRange.ofSteps(InfotextValues.decimal(value), 1)));

  /** The sigma below which every other step, or every step, runs without guidance. */
  private static final InfotextKey NGMS =
      setting(
          "NGMS",
          settings ->
              isNgms(settings.spec())
                  ? Optional.of(InfotextValues.number(range(settings).sigmaMin()))
                  : unless(0, settings.spec().samplerOptions().skipUncondBelowSigma()),
          (draft, value) -> draft.ngms(InfotextValues.decimal(value)));

  private static final InfotextKey NGMS_ALL_STEPS =
      setting(
          "NGMS all steps",
          settings -> flag(isNgms(settings.spec())),
          (draft, value) -> draft.skipsUncondInAllSteps = InfotextValues.flag(value));

  /** A1111's keys, in its order. */
  static final List<InfotextKey> GUIDANCE = List.of(SKIP_EARLY_CFG, NGMS, NGMS_ALL_STEPS);

  /** Keys that A1111 does not have. */
  static final List<InfotextKey> OWN =
      List.of(
          setting(
              "Guidance end",
              settings -> unless(1, range(settings).end()),
              (draft, value) ->
                  draft.guided(GuidanceRange.ofSteps(0, InfotextValues.decimal(value)))),
          setting(
              "Guidance min sigma",
              settings ->
                  isNgms(settings.spec())
                      ? Optional.empty()
                      : unless(0, range(settings).sigmaMin()),
              (draft, value) ->
                  draft.guided(
                      GuidanceRange.ofSigmas(
                          InfotextValues.decimal(value), Double.POSITIVE_INFINITY))),
          setting(
              "Guidance max sigma",
              settings ->
                  Double.isInfinite(range(settings).sigmaMax())
                      ? Optional.empty()
                      : Optional.of(InfotextValues.number(range(settings).sigmaMax())),
              (draft, value) ->
                  draft.guided(GuidanceRange.ofSigmas(0, InfotextValues.decimal(value)))));

  private SpeedKeys() {}

  private static GuidanceRange range(ImageSettings settings) {
    return settings.spec().speedOptions().guidanceRange();
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
