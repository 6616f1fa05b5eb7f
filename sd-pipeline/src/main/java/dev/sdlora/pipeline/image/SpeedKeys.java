package dev.sdlora.pipeline.image;

import static dev.sdlora.pipeline.image.InfotextKey.flag;
import static dev.sdlora.pipeline.image.InfotextKey.setting;
import static dev.sdlora.pipeline.image.InfotextKey.unless;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import java.util.List;
import java.util.Optional;

/**
 * Keys of what is left out to be faster. Limits of guidance that A1111 has too are written with its
 * keys, so that it draws the same.
 */
final class SpeedKeys {
  /** A share of the steps at whose beginning there is no guidance. */
  private static final InfotextKey SKIP_EARLY_CFG =
      setting(
          "Skip Early CFG",
          settings -> unless(0, range(settings).start()),
          (draft, value) -> draft.guided(GuidanceRange.ofSteps(InfotextValues.decimal(value), 1)));

  /** The sigma below which every other step, or every step, is drawn without guidance. */
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

  /** Those of A1111, in its order. */
  static final List<InfotextKey> GUIDANCE = List.of(SKIP_EARLY_CFG, NGMS, NGMS_ALL_STEPS);

  /** What A1111 does not have. */
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
   * Whether the lowest guided sigma is what A1111 calls NGMS on all steps. With samplers on
   * training times it compares those, and it has one sigma for this and for every other step.
   */
  private static boolean isNgms(PromptSpec spec) {
    return spec.speedOptions().guidanceRange().sigmaMin() > 0
        && spec.samplerOptions().skipUncondBelowSigma() == 0
        && !SamplerKeys.inAnyPass(spec, (sampler, schedule) -> sampler.onTimesteps());
  }
}
