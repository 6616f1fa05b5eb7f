package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.former;
import static dev.sdlora.infotext.key.SettingKeys.HIRES;
import static dev.sdlora.infotext.key.SettingKeys.START;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.FlowKeys;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The keys of hires fix. Values that are the same in both passes are not written. */
public final class HiresKeys {
  /** Keys that indicate hires fix; a text has at least one of them if hires fix was on. */
  public static final Set<String> SIGNS =
      Set.of("Hires upscale", "Hires resize", "Hires upscaler", "First pass size");

  /** The strength of hires fix or of img2img, whose image is not in the text. */
  static final InfotextKey DENOISING_STRENGTH =
      START
          .always("denoisingStrength")
          .or(HIRES.always("denoisingStrength"))
          .orFact()
          .reading(InfotextDraft::denoisingStrength);

  /** The effective ratio of the hires pass. Without hires fix, the value is kept as a fact. */
  static final InfotextKey TOKEN_MERGING_RATIO =
      HIRES
          .key("tokenMergingRatio")
          .writing(HiresKeys::tokenMergingRatio)
          .asFact()
          .reading(
              (draft, value) -> {
                draft.hires.tokenMergingRatio(InfotextValues.decimal(value));
                draft.keepWithoutHires("Token merging ratio hr", value);
              });

  static final List<InfotextKey> ALL =
      List.of(
          fact("Hires checkpoint"),
          HIRES
              .key("sampler")
              .onlyIf(differ(HiresFix::sampler, spec -> Optional.of(spec.sampler())))
              .reading(InfotextDraft::hiresSampler),
          HIRES.key("prompt").onlyIf(differ(HiresFix::prompt, spec -> Optional.of(spec.prompt()))),
          HIRES
              .key("negativePrompt")
              .onlyIf(differ(HiresFix::negativePrompt, spec -> Optional.of(spec.negativePrompt()))),
          HIRES
              .key("schedule")
              .writing(s -> s.spec().hiresFix().flatMap(hires -> schedule(s, hires)))
              .reading(InfotextDraft::hiresSchedule),
          // Not in A1111, but its forks agree on this name.
          HIRES
              .key("cfgScale")
              .onlyIf(differ(HiresFix::cfgScale, spec -> OptionalDouble.of(spec.cfgScale()))),
          // Forge writes this one.
          HIRES.key("distilledGuidance").writing(HiresKeys::distilledGuidance),
          HIRES
              .always("scale")
              .onlyIf(spec -> spec.hiresFix().flatMap(HiresFix::size).isEmpty())
              .reading(InfotextDraft::hiresUpscale),
          former("Hires scale", (draft, value) -> draft.hires.scale(InfotextValues.decimal(value))),
          HIRES.key("size").reading(InfotextDraft::hiresSize),
          HIRES.key("steps"),
          HIRES
              .key("upscaler")
              .writing(s -> s.spec().hiresFix().map(hires -> hires.upscaler().name()))
              .reading((draft, value) -> draft.hires.upscaler(Upscaler.named(value))));

  private HiresKeys() {}

  /** Whether a value of the second pass, if it is set, is another than that of the first. */
  private static Predicate<PromptSpec> differ(
      Function<HiresFix, Object> second, Function<PromptSpec, Object> first) {
    return spec ->
        spec.hiresFix().filter(hires -> second.apply(hires).equals(first.apply(spec))).isEmpty();
  }

  private static Optional<String> tokenMergingRatio(ImageSettings settings) {
    double first = settings.spec().speedOptions().tokenMergingRatio();
    return settings
        .spec()
        .hiresFix()
        .flatMap(hires -> InfotextKey.unless(0, hires.tokenMergingRatio().orElse(first)));
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
    if (!SamplerKeys.distinguishes(sampler, schedule, Schedule.parse(first))) {
      return Optional.empty();
    }
    boolean ofModel = schedule == Schedule.AUTOMATIC && resolved == Schedule.NORMAL;
    boolean differs = sampler.resolve(Schedule.parse(first)) != resolved;
    return differs || (!ofModel && !label.equals(first)) ? Optional.of(label) : Optional.empty();
  }
}
