package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.flag;
import static dev.sdlora.infotext.key.InfotextKey.setting;
import static dev.sdlora.infotext.key.InfotextKey.unless;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.FlowKeys;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

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

  static final InfotextKey ENSD =
      setting(
          "ENSD",
          written(
              spec -> spec.samplerOptions().ensd() != 0 && drawsNoise(spec),
              options -> Long.toString(options.ensd())),
          (draft, value) -> draft.sampler.ensd(InfotextValues.seed(value)));

  /** Extra noise of img2img; without an input image, the value is both a setting and a fact. */
  private static final InfotextKey EXTRA_NOISE =
      setting(
          "Extra noise",
          InfotextKey.ofImage("Extra noise", s -> s.spec().imageToImage().flatMap(i -> noise(s)))
              .writer(),
          (draft, value) -> {
            draft.sampler.extraNoise(InfotextValues.decimal(value));
            draft.keepWithoutHires("Extra noise", value);
          });

  /** Extra noise of hires fix, which A1111 writes last. */
  static final InfotextKey HIRES_EXTRA_NOISE =
      setting("Extra noise", s -> s.spec().hiresFix().flatMap(h -> noise(s)), EXTRA_NOISE.reader());

  /** The shift of a flow's schedule, which Forge Neo writes for Z-Image. */
  static final InfotextKey SHIFT =
      setting(
          FlowKeys.SHIFT,
          settings ->
              settings.spec().samplerOptions().shift().isPresent()
                  ? Optional.of(
                      InfotextValues.number(settings.spec().samplerOptions().shift().getAsDouble()))
                  : Optional.ofNullable(settings.facts().get(FlowKeys.SHIFT)),
          (draft, value) -> draft.sampler.shift(InfotextValues.decimal(value)));

  static final List<InfotextKey> ALL =
      List.of(
          setting(
              "Noise Schedule",
              written(s -> s.samplerOptions().zeroTerminalSnr(), o -> ZERO_TERMINAL_SNR),
              (draft, value) ->
                  draft.sampler.zeroTerminalSnr(value.equalsIgnoreCase(ZERO_TERMINAL_SNR))),
          ImageToImageKeys.NOISE_MULTIPLIER,
          setting(
              "Discard penultimate sigma",
              written(SamplerKeys::discards, options -> "True"),
              (draft, value) -> draft.sampler.discardNextToLastSigma(InfotextValues.flag(value))),
          number(
              "Schedule min sigma",
              SamplerKeys::hasSchedule,
              0,
              options -> options.sigmaMin().orElse(0),
              (draft, value) -> draft.sampler.sigmaMin(value)),
          number(
              "Schedule max sigma",
              SamplerKeys::hasSchedule,
              0,
              options -> options.sigmaMax().orElse(0),
              (draft, value) -> draft.sampler.sigmaMax(value)),
          setting(
              "Schedule rho",
              settings -> rho(settings.spec()),
              (draft, value) -> draft.sampler.rho(InfotextValues.decimal(value))),
          setting(
              "Beta schedule alpha",
              written(SamplerKeys::isBeta, o -> InfotextValues.number(o.betaAlpha())),
              (draft, value) -> draft.betaAlpha(InfotextValues.decimal(value))),
          setting(
              "Beta schedule beta",
              written(SamplerKeys::isBeta, o -> InfotextValues.number(o.betaBeta())),
              (draft, value) -> draft.betaBeta(InfotextValues.decimal(value))),
          setting(
              "SGM noise multiplier",
              settings ->
                  flag(
                      settings.spec().samplerOptions().sgmNoiseMultiplier()
                          && inAnyPass(settings.spec(), (s, schedule) -> !s.onTimesteps())),
              (draft, value) -> draft.sampler.sgmNoiseMultiplier(InfotextValues.flag(value))),
          EXTRA_NOISE,
          setting("Eta", settings -> eta(settings.spec()), (draft, value) -> draft.eta(value)),
          setting(
              "Eta DDIM",
              settings -> etaDdim(settings.spec()),
              (draft, value) -> draft.sampler.etaDdim(InfotextValues.decimal(value))),
          churn(
              "Sigma churn",
              0,
              SamplerOptions::sChurn,
              (draft, value) -> draft.sampler.sChurn(value)),
          churn(
              "Sigma tmin", 0, SamplerOptions::sTmin, (draft, value) -> draft.sampler.sTmin(value)),
          churn(
              "Sigma tmax",
              0,
              options -> options.sTmax().orElse(0),
              (draft, value) -> draft.sampler.sTmax(value)),
          number(
              "Sigma noise",
              SamplerKeys::scalesNoise,
              1,
              SamplerOptions::sNoise,
              (draft, value) -> draft.sampler.sNoise(value)),
          setting(
              "UniPC variant",
              written(SamplerKeys::isBh2, o -> o.uniPcVariant().name().toLowerCase(Locale.ROOT)),
              (draft, value) ->
                  draft.sampler.uniPcVariant(UniPcVariant.valueOf(value.toUpperCase(Locale.ROOT)))),
          setting(
              "UniPC order",
              written(
                  spec -> isUniPc(spec) && spec.samplerOptions().order().isPresent(),
                  options -> Integer.toString(options.order().getAsInt())),
              (draft, value) -> draft.sampler.order(InfotextValues.integer(value))));

  /** CFG rescale, which in A1111 is an extension. */
  static final InfotextKey CFG_RESCALE =
      number(
          "CFG Rescale",
          spec -> true,
          0,
          SamplerOptions::cfgRescale,
          (draft, value) -> draft.sampler.cfgRescale(value));

  /** The limit of guided predictions, which A1111 does not have. */
  static final InfotextKey CFG_NORMALIZATION =
      number(
          "CFG Normalization",
          spec -> true,
          0,
          SamplerOptions::cfgNormalization,
          (draft, value) -> draft.sampler.cfgNormalization(value));

  private SamplerKeys() {}

  /**
   * Returns the label that A1111 writes: for Automatic, the resolved schedule only if the sampler
   * has a special one.
   */
  static String scheduleLabel(Sampler sampler, Schedule schedule) {
    Schedule resolved = sampler.resolve(schedule);
    return resolved == Schedule.NORMAL ? schedule.label() : resolved.label();
  }

  private static Optional<String> noise(ImageSettings settings) {
    return unless(0, settings.spec().samplerOptions().extraNoise());
  }

  private static Function<ImageSettings, Optional<String>> written(
      Predicate<PromptSpec> when, Function<SamplerOptions, String> value) {
    return settings ->
        when.test(settings.spec())
            ? Optional.of(value.apply(settings.spec().samplerOptions()))
            : Optional.empty();
  }

  private static InfotextKey number(
      String name,
      Predicate<PromptSpec> when,
      double usual,
      Function<SamplerOptions, Double> value,
      BiConsumer<InfotextDraft, Double> reader) {
    return setting(
        name,
        settings ->
            when.test(settings.spec())
                ? unless(usual, value.apply(settings.spec().samplerOptions()))
                : Optional.empty(),
        (draft, text) -> reader.accept(draft, InfotextValues.decimal(text)));
  }

  private static InfotextKey churn(
      String name,
      double usual,
      Function<SamplerOptions, Double> value,
      BiConsumer<InfotextDraft, Double> reader) {
    return number(name, SamplerKeys::churns, usual, value, reader);
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

  private static Optional<String> eta(PromptSpec spec) {
    OptionalDouble value = spec.samplerOptions().eta();
    return value.isPresent() && inAnyPass(spec, (sampler, schedule) -> !sampler.onTimesteps())
        ? unless(1, value.getAsDouble())
        : Optional.empty();
  }

  /** Returns eta for DDIM; TCD has another default than DDIM, so 0 is written for TCD. */
  private static Optional<String> etaDdim(PromptSpec spec) {
    OptionalDouble value = spec.samplerOptions().etaDdim();
    if (value.isEmpty() || !inAnyPass(spec, (sampler, schedule) -> sampler.onTimesteps())) {
      return Optional.empty();
    }
    return inAnyPass(spec, (sampler, schedule) -> sampler == Sampler.TCD)
        ? Optional.of(InfotextValues.number(value.getAsDouble()))
        : unless(0, value.getAsDouble());
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
  static boolean tellsApart(Sampler sampler, Schedule one, Schedule other) {
    return hasSchedule(sampler) || sampler.follows(one) != sampler.follows(other);
  }

  private static boolean isBeta(PromptSpec spec) {
    return inAnyPass(
        spec, (sampler, schedule) -> hasSchedule(sampler) && schedule == Schedule.BETA);
  }

  private static Optional<String> rho(PromptSpec spec) {
    double rho = spec.samplerOptions().rho().orElse(0);
    boolean matters =
        rho != 0
            && inAnyPass(
                spec,
                (sampler, schedule) ->
                    hasSchedule(sampler)
                        && ((schedule == Schedule.KARRAS && rho != 7)
                            || (schedule == Schedule.POLYEXPONENTIAL && rho != 1)));
    return matters ? Optional.of(InfotextValues.number(rho)) : Optional.empty();
  }

  private static boolean isUniPc(PromptSpec spec) {
    return inAnyPass(spec, (sampler, schedule) -> sampler == Sampler.UNIPC);
  }

  private static boolean isBh2(PromptSpec spec) {
    return isUniPc(spec) && spec.samplerOptions().uniPcVariant() == UniPcVariant.BH2;
  }
}
