package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.SettingKeys.SAMPLER;
import static dev.sdlora.infotext.key.SettingKeys.START;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The keys of sampling. As in A1111, only values that made a difference are written: those that
 * differ from the default and are used by the sampler and its schedule.
 */
final class SamplerKeys {
  private static final Set<Sampler> CHURNING =
      EnumSet.of(Sampler.EULER, Sampler.HEUN, Sampler.DPM2);

  /** Samplers that always draw fresh noise, in addition to ancestral and SDE samplers. */
  private static final Set<Sampler> NOISY = EnumSet.of(Sampler.RESTART, Sampler.LCM, Sampler.TCD);

  /** Samplers that use only the first and last sigma of a schedule. */
  private static final Set<Sampler> BETWEEN_ENDS =
      EnumSet.of(Sampler.DPM_FAST, Sampler.DPM_ADAPTIVE);

  private static final String ZERO_TERMINAL_SNR = "Zero Terminal SNR";

  static final InfotextKey ENSD = SAMPLER.key("ensd").onlyIf(SamplerKeys::drawsNoise);

  /** Extra noise of img2img; without an input image, the value is both a setting and a fact. */
  private static final InfotextKey EXTRA_NOISE =
      SAMPLER
          .key("extraNoise")
          .onlyIf(spec -> spec.imageToImage().isPresent())
          .orFact()
          .reading(
              (draft, value) -> {
                draft.sampler.extraNoise(InfotextValues.decimal(value));
                draft.keepWithoutHires("Extra noise", value);
              });

  /** Extra noise of hires fix, which A1111 writes last. */
  static final InfotextKey HIRES_EXTRA_NOISE =
      SAMPLER
          .key("extraNoise")
          .onlyIf(spec -> spec.hiresFix().isPresent())
          .reading(EXTRA_NOISE.reader());

  static final List<InfotextKey> ALL =
      List.of(
          SAMPLER
              .key("zeroTerminalSnr")
              .inWords(on -> ZERO_TERMINAL_SNR)
              .reading(
                  (draft, value) ->
                      draft.sampler.zeroTerminalSnr(value.equalsIgnoreCase(ZERO_TERMINAL_SNR))),
          START.key("noiseMultiplier").asFact(),
          SAMPLER.key("discardNextToLastSigma").onlyIf(SamplerKeys::discards),
          SAMPLER.key("sigmaMin").onlyIf(SamplerKeys::hasSchedule),
          SAMPLER.key("sigmaMax").onlyIf(SamplerKeys::hasSchedule),
          SAMPLER.key("rho").onlyIf(SamplerKeys::isBent),
          SAMPLER.always("betaAlpha").onlyIf(SamplerKeys::isBeta),
          SAMPLER.always("betaBeta").onlyIf(SamplerKeys::isBeta),
          SAMPLER
              .key("sgmNoiseMultiplier")
              .onlyIf(spec -> inAnyPass(spec, (sampler, schedule) -> !sampler.onTimesteps())),
          EXTRA_NOISE,
          SAMPLER.key("eta").onlyIf(SamplerKeys::hasEta).reading(InfotextDraft::eta),
          SAMPLER.key("etaDdim").onlyIf(SamplerKeys::hasEtaDdim),
          SAMPLER.key("sChurn").onlyIf(SamplerKeys::churns),
          SAMPLER.key("sTmin").onlyIf(SamplerKeys::churns),
          SAMPLER.key("sTmax").onlyIf(SamplerKeys::churns),
          SAMPLER.key("sNoise").onlyIf(SamplerKeys::scalesNoise),
          SAMPLER.key("uniPcVariant").onlyIf(SamplerKeys::isUniPc),
          SAMPLER.key("order").named("UniPC order").onlyIf(SamplerKeys::isUniPc));

  /** CFG rescale, an extension of A1111, and guidance that it lacks. */
  static final List<InfotextKey> GUIDANCE =
      List.of(
          SAMPLER.key("cfgRescale"),
          SAMPLER.key("cfgNormalization"),
          SAMPLER.key("skipLayers"),
          SAMPLER.always("skipLayerScale"),
          SAMPLER.always("skipLayerStart"),
          SAMPLER.always("skipLayerEnd"));

  private SamplerKeys() {}

  /**
   * Returns the label that A1111 writes: for Automatic, the resolved schedule only if the sampler
   * has a special one.
   */
  static String scheduleLabel(Sampler sampler, Schedule schedule) {
    Schedule resolved = sampler.resolve(schedule);
    return resolved == Schedule.NORMAL ? schedule.label() : resolved.label();
  }

  /**
   * Whether a condition holds for the sampler and resolved schedule of the first pass, of hires fix
   * or of a detail pass.
   */
  static boolean inAnyPass(PromptSpec spec, BiPredicate<Sampler, Schedule> condition) {
    Optional<HiresFix> hires = spec.hiresFix();
    Sampler second = hires.flatMap(HiresFix::sampler).orElse(spec.sampler());
    Schedule secondSchedule = hires.flatMap(HiresFix::schedule).orElse(spec.schedule());
    return condition.test(spec.sampler(), spec.sampler().resolve(spec.schedule()))
        || condition.test(second, second.resolve(secondSchedule))
        || spec.detailPasses().stream()
            .anyMatch(
                pass -> {
                  Sampler own = pass.sampler().orElse(spec.sampler());
                  return condition.test(own, own.resolve(pass.schedule().orElse(spec.schedule())));
                });
  }

  private static boolean hasEta(PromptSpec spec) {
    return spec.samplerOptions().eta().orElse(1) != 1
        && inAnyPass(spec, (sampler, schedule) -> !sampler.onTimesteps());
  }

  /** TCD has another default than DDIM, so 0 is written for TCD. */
  private static boolean hasEtaDdim(PromptSpec spec) {
    boolean matters = spec.samplerOptions().etaDdim().orElse(0) != 0;
    return inAnyPass(
        spec, (sampler, schedule) -> sampler == Sampler.TCD || (matters && sampler.onTimesteps()));
  }

  private static boolean churns(PromptSpec spec) {
    return inAnyPass(spec, (sampler, schedule) -> CHURNING.contains(sampler));
  }

  /** Whether a sampler scales fresh noise by a factor. */
  private static boolean scalesNoise(PromptSpec spec) {
    return inAnyPass(
        spec,
        (sampler, schedule) ->
            CHURNING.contains(sampler) || isAncestral(sampler) || NOISY.contains(sampler));
  }

  private static boolean drawsNoise(PromptSpec spec) {
    SamplerOptions options = spec.samplerOptions();
    return inAnyPass(
        spec,
        (sampler, schedule) ->
            isAncestral(sampler)
                || NOISY.contains(sampler)
                || (CHURNING.contains(sampler) && options.sChurn() != 0)
                || (sampler.onTimesteps() && options.etaDdim().orElse(0) != 0));
  }

  private static boolean isAncestral(Sampler sampler) {
    return sampler.usesEnsd() || sampler.usesBrownianNoise();
  }

  private static boolean discards(PromptSpec spec) {
    return spec.samplerOptions().discardNextToLastSigma()
        && inAnyPass(
            spec,
            (sampler, schedule) -> !sampler.discardsNextToLastSigma() && hasSchedule(sampler));
  }

  private static boolean hasSchedule(PromptSpec spec) {
    return inAnyPass(spec, (sampler, schedule) -> hasSchedule(sampler));
  }

  /** Whether a sampler uses A1111's schedules. */
  private static boolean hasSchedule(Sampler sampler) {
    return !sampler.ignoresSchedule() || BETWEEN_ENDS.contains(sampler);
  }

  /** Whether two schedules give different results with a sampler. */
  static boolean distinguishes(Sampler sampler, Schedule one, Schedule other) {
    return hasSchedule(sampler) || sampler.follows(one) != sampler.follows(other);
  }

  private static boolean isBeta(PromptSpec spec) {
    return inAnyPass(
        spec, (sampler, schedule) -> hasSchedule(sampler) && schedule == Schedule.BETA);
  }

  /** Whether rho is another than that of the schedule. */
  private static boolean isBent(PromptSpec spec) {
    double rho = spec.samplerOptions().rho().orElse(0);
    return inAnyPass(
        spec,
        (sampler, schedule) ->
            hasSchedule(sampler)
                && ((schedule == Schedule.KARRAS && rho != 7)
                    || (schedule == Schedule.POLYEXPONENTIAL && rho != 1)));
  }

  private static boolean isUniPc(PromptSpec spec) {
    return inAnyPass(spec, (sampler, schedule) -> sampler == Sampler.UNIPC);
  }
}
