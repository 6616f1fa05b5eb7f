package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.setting;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.FlowKeys;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The keys of hires fix. Values that are the same in both passes are not written. */
public final class HiresKeys {
  /** Keys that indicate hires fix; a text has at least one of them if hires fix was on. */
  public static final Set<String> SIGNS =
      Set.of("Hires upscale", "Hires resize", "Hires upscaler", "First pass size");

  /** The effective ratio of the hires pass. Without hires fix, the value is kept as a fact. */
  static final InfotextKey TOKEN_MERGING_RATIO =
      new InfotextKey(
          "Token merging ratio hr",
          settings ->
              when(HiresKeys::tokenMergingRatio)
                  .apply(settings)
                  .or(() -> Optional.ofNullable(settings.facts().get("Token merging ratio hr"))),
          (draft, value) -> {
            draft.hires.tokenMergingRatio(InfotextValues.decimal(value));
            draft.keepWithoutHires("Token merging ratio hr", value);
          },
          false);

  static final List<InfotextKey> ALL =
      List.of(
          fact("Hires checkpoint"),
          setting(
              "Hires sampler",
              when((spec, hires) -> hires.sampler().filter(s -> s != spec.sampler()))
                  .andThen(sampler -> sampler.map(Sampler::label)),
              InfotextDraft::hiresSampler),
          setting(
              "Hires prompt",
              when((spec, hires) -> other(hires.prompt(), spec.prompt())),
              (draft, value) -> draft.hires.prompt(value)),
          setting(
              "Hires negative prompt",
              when((spec, hires) -> other(hires.negativePrompt(), spec.negativePrompt())),
              (draft, value) -> draft.hires.negativePrompt(value)),
          setting(
              "Hires schedule type",
              settings -> settings.spec().hiresFix().flatMap(hires -> schedule(settings, hires)),
              InfotextDraft::hiresSchedule),
          // Not in A1111, but its forks agree on this name.
          setting(
              "Hires CFG Scale",
              when(
                  (spec, hires) ->
                      hires.cfgScale().isPresent()
                          ? InfotextKey.unless(spec.cfgScale(), hires.cfgScale().getAsDouble())
                          : Optional.empty()),
              (draft, value) -> draft.hires.cfgScale(InfotextValues.decimal(value))),
          // Forge writes this one.
          setting(
              "Hires Distilled CFG Scale",
              HiresKeys::distilledGuidance,
              (draft, value) -> draft.hires.distilledGuidance(InfotextValues.decimal(value))),
          setting(
              "Hires upscale",
              when(
                  (spec, hires) ->
                      hires.size().isPresent()
                          ? Optional.empty()
                          : Optional.of(InfotextValues.number(hires.scale()))),
              InfotextDraft::hiresUpscale),
          setting(
              "Hires scale",
              settings -> Optional.empty(),
              (draft, value) -> draft.hires.scale(InfotextValues.decimal(value))),
          setting(
              "Hires resize",
              when((spec, hires) -> hires.size().map(ImageSize::toString)),
              InfotextDraft::hiresSize),
          setting(
              "Hires steps",
              when((spec, hires) -> hires.steps().stream().mapToObj(Integer::toString).findFirst()),
              (draft, value) -> draft.hires.steps(InfotextValues.integer(value))),
          setting(
              "Hires upscaler",
              when((spec, hires) -> Optional.of(hires.upscaler().name())),
              (draft, value) -> draft.hires.upscaler(Upscaler.named(value))));

  private HiresKeys() {}

  private static <T> Function<ImageSettings, Optional<T>> when(
      BiFunction<PromptSpec, HiresFix, Optional<T>> writer) {
    return settings ->
        settings.spec().hiresFix().flatMap(hires -> writer.apply(settings.spec(), hires));
  }

  private static Optional<String> tokenMergingRatio(PromptSpec spec, HiresFix hires) {
    double first = spec.speedOptions().tokenMergingRatio();
    return InfotextKey.unless(0, hires.tokenMergingRatio().orElse(first));
  }

  /** Returns the distilled guidance of a model that reads one, if it is not that of both passes. */
  private static Optional<String> distilledGuidance(ImageSettings settings) {
    Optional<String> first = Optional.ofNullable(settings.facts().get(FlowKeys.DISTILLED_GUIDANCE));
    OptionalDouble second =
        settings.spec().hiresFix().map(HiresFix::distilledGuidance).orElse(OptionalDouble.empty());
    return first.isPresent() && second.isPresent()
        ? InfotextKey.unless(Double.parseDouble(first.get()), second.getAsDouble())
        : Optional.empty();
  }

  private static Optional<String> other(Optional<String> text, String first) {
    return InfotextKey.text(text.filter(given -> !given.equals(first)).orElse(""));
  }

  /**
   * Returns the schedule label if it differs from that of the first pass. A1111 writes nothing if
   * the model decides, so a reader would assume the first pass's schedule; this library writes the
   * label if it makes a difference. A model with a schedule of its own uses it with every sampler.
   */
  private static Optional<String> schedule(ImageSettings settings, HiresFix hires) {
    PromptSpec spec = settings.spec();
    if (settings.facts().containsKey(FlowKeys.SCHEDULE)) {
      return hires.schedule().filter(second -> second != spec.schedule()).map(Schedule::label);
    }
    Sampler sampler = hires.sampler().orElse(spec.sampler());
    Schedule schedule = hires.schedule().orElse(spec.schedule());
    Schedule resolved = sampler.resolve(schedule);
    String label = SamplerKeys.scheduleLabel(sampler, schedule);
    String first = SamplerKeys.scheduleLabel(spec.sampler(), spec.schedule());
    if (!SamplerKeys.tellsApart(sampler, schedule, Schedule.parse(first))) {
      return Optional.empty();
    }
    boolean ofModel = schedule == Schedule.AUTOMATIC && resolved == Schedule.NORMAL;
    boolean differs = sampler.resolve(Schedule.parse(first)) != resolved;
    return differs || (!ofModel && !label.equals(first)) ? Optional.of(label) : Optional.empty();
  }
}
