package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.flag;
import static dev.sdlora.infotext.key.InfotextKey.setting;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.setting.FlowKeys;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All known keys of the settings line, in the order in which A1111 1.10 writes them: first a fixed
 * list, then the keys that A1111's components add during generation.
 */
public final class InfotextKeys {
  private static final List<InfotextKey> FIXED =
      List.of(
          setting(
              "Steps",
              s -> Optional.of(Integer.toString(s.spec().steps())),
              (draft, value) -> draft.spec.steps(InfotextValues.integer(value))),
          setting("Sampler", s -> Optional.of(s.spec().sampler().label()), InfotextDraft::sampler),
          setting(
              FlowKeys.SCHEDULE,
              s ->
                  Optional.ofNullable(s.facts().get(FlowKeys.SCHEDULE))
                      .or(
                          () ->
                              Optional.of(
                                  SamplerKeys.scheduleLabel(
                                      s.spec().sampler(), s.spec().schedule()))),
              InfotextDraft::schedule),
          setting(
              "CFG scale",
              s -> Optional.of(InfotextValues.number(s.spec().cfgScale())),
              (draft, value) -> draft.spec.cfgScale(InfotextValues.decimal(value))),
          FamilyKeys.DISTILLED_GUIDANCE,
          SamplerKeys.SHIFT,
          FamilyKeys.IMAGE_CFG_SCALE,
          setting(
              "Seed",
              s -> Optional.of(Long.toString(s.seed())),
              (draft, value) -> draft.spec.seed(InfotextValues.seed(value))),
          fact("Face restoration"),
          setting("Size", s -> Optional.of(s.size().toString()), InfotextDraft::size),
          setting("First pass size", s -> Optional.empty(), InfotextDraft::firstPassSize),
          fact("Model hash"),
          fact("Model"),
          fact("FP8 weight"),
          fact("Cache FP16 weight for LoRA"),
          fact("VAE hash"),
          fact("VAE"),
          setting(
              "Variation seed",
              s ->
                  varied(s)
                      ? Optional.of(Long.toString(s.spec().variation().seed().getAsLong()))
                      : Optional.empty(),
              InfotextDraft::variationSeed),
          setting(
              "Variation seed strength",
              s -> InfotextKey.unless(0, s.spec().variation().strength()),
              InfotextDraft::variationStrength),
          setting(
              "Seed resize from",
              s -> s.spec().variation().resizeFrom().map(ImageSize::toString),
              InfotextDraft::resizeFrom),
          ImageToImageKeys.DENOISING_STRENGTH,
          ImageToImageKeys.CONDITIONAL_MASK_WEIGHT,
          setting(
              "Clip skip",
              s -> InfotextKey.unless(1, s.spec().clipSkip()),
              (draft, value) -> draft.spec.clipSkip(InfotextValues.integer(value))),
          SamplerKeys.ENSD,
          setting(
              "Token merging ratio",
              s -> InfotextKey.unless(0, s.spec().speedOptions().tokenMergingRatio()),
              (draft, value) -> draft.speed.tokenMergingRatio(InfotextValues.decimal(value))),
          HiresKeys.TOKEN_MERGING_RATIO,
          fact("Init image hash"),
          setting("RNG", InfotextKeys::rng, (draft, value) -> readRng(draft, value)),
          setting(
              "Tiling",
              s -> flag(s.spec().tiling() == Tiling.BOTH),
              (draft, value) -> readTiling(draft, Tiling.BOTH, value)));

  /** Keys of extensions come here because A1111 calls extensions before generation starts. */
  private static final List<InfotextKey> ADDED =
      Stream.of(
              List.of(
                  setting(
                      "Tile X",
                      s -> flag(s.spec().tiling() == Tiling.X),
                      (draft, value) -> readTiling(draft, Tiling.X, value)),
                  setting(
                      "Tile Y",
                      s -> flag(s.spec().tiling() == Tiling.Y),
                      (draft, value) -> readTiling(draft, Tiling.Y, value))),
              DetailKeys.ALL,
              ControlKeys.ALL,
              HiresKeys.ALL,
              ImageToImageKeys.MASK,
              List.of(
                  fact("Lora hashes"),
                  setting("Hypernet", s -> Optional.empty(), InfotextDraft::hypernet),
                  setting(
                      "Hypernet strength", s -> Optional.empty(), InfotextDraft::hypernetStrength),
                  setting(
                      "Old prompt editing timelines",
                      s ->
                          flag(
                              s.spec().promptOptions().oldEditingTimelines()
                                  && PromptTexts.mention(s.spec(), "[")),
                      (draft, value) ->
                          draft.prompts =
                              draft.prompts.withOldEditingTimelines(InfotextValues.flag(value))),
                  fact("TI hashes"),
                  setting(
                      "Emphasis",
                      InfotextKeys::emphasis,
                      (draft, value) ->
                          draft.prompts = draft.prompts.withEmphasis(Emphasis.parse(value)))),
              SamplerKeys.ALL,
              SpeedKeys.GUIDANCE,
              List.of(SamplerKeys.CFG_RESCALE, SamplerKeys.CFG_NORMALIZATION),
              SkipLayerKeys.ALL,
              List.of(FamilyKeys.SWITCH_BY_STEPS),
              List.of(
                  setting(
                      "Pad conds",
                      s ->
                          Optional.ofNullable(s.facts().get("Pad conds"))
                              .or(() -> flag(s.spec().promptOptions().padConds())),
                      (draft, value) -> {
                        draft.prompts = draft.prompts.withPadConds(InfotextValues.flag(value));
                        draft.keep("Pad conds", value);
                      }),
                  SamplerKeys.HIRES_EXTRA_NOISE,
                  setting(
                      "VAE Decoder",
                      s -> finalDecoder(s.spec().finalDecoder()),
                      (draft, value) -> draft.spec.finalDecoder(FinalDecoder.parse(value))),
                  setting(
                      "Postprocess upscale by",
                      s -> s.spec().upscaler().map(u -> InfotextValues.number(s.spec().upscale())),
                      InfotextDraft::upscale),
                  setting(
                      "Postprocess upscaler",
                      s -> s.spec().upscaler().map(u -> u.name()),
                      InfotextDraft::upscaler)),
              FamilyKeys.REFINING,
              OwnKeys.ALL,
              SpeedKeys.OWN,
              FamilyKeys.OWN,
              List.of(fact("Version"), fact("User"), fact("Hashes")))
          .flatMap(Collection::stream)
          .toList();

  private static final Map<String, InfotextKey> BY_NAME =
      Stream.concat(FIXED.stream(), ADDED.stream())
          .collect(Collectors.toMap(InfotextKey::name, Function.identity(), (a, b) -> a));

  private InfotextKeys() {}

  /** Returns the settings line of an image. */
  public static SettingsLine write(ImageSettings settings) {
    SettingsLine line = new SettingsLine();
    FIXED.forEach(key -> write(key, settings, line));
    settings
        .facts()
        .forEach(
            (name, value) -> {
              if (!BY_NAME.containsKey(name)) {
                line.add(name, value);
              }
            });
    ADDED.forEach(key -> write(key, settings, line));
    return line;
  }

  private static void write(InfotextKey key, ImageSettings settings, SettingsLine line) {
    key.writer().apply(settings).ifPresent(value -> line.add(key.name(), value));
  }

  /**
   * Stores a value in a request. An invalid value is kept as a fact, and the request keeps its
   * default.
   */
  public static void read(String name, String value, InfotextDraft draft) {
    try {
      byName(name).reader().accept(draft, value.strip());
    } catch (IllegalArgumentException e) {
      draft.keep(name, value.strip());
    }
  }

  /** Returns the value that would be written for a setting, if its key is known and written. */
  public static Optional<String> written(String name, ImageSettings settings) {
    return Optional.ofNullable(BY_NAME.get(name)).flatMap(key -> key.writer().apply(settings));
  }

  /** Returns the key with this name; an unknown name gives a fact. */
  public static InfotextKey byName(String name) {
    return BY_NAME.getOrDefault(name, fact(name));
  }

  /** Whether a key is a setting of requests. */
  public static boolean isSetting(String name) {
    return byName(name).isSetting();
  }

  private static boolean varied(ImageSettings settings) {
    return settings.spec().variation().strength() != 0
        && settings.spec().variation().seed().isPresent();
  }

  /**
   * Returns the random number generator. A1111 omits its default, which depends on the graphics
   * card; this library always writes it, unless it was absent from the text that was read.
   */
  private static Optional<String> rng(ImageSettings settings) {
    Rng rng = settings.spec().rng();
    boolean unsaid = rng == Rng.NV && "GPU".equals(settings.facts().get("RNG"));
    return unsaid ? Optional.empty() : Optional.of(rng.name());
  }

  private static Optional<String> finalDecoder(FinalDecoder decoder) {
    return decoder == FinalDecoder.VAE ? Optional.empty() : Optional.of(decoder.label());
  }

  private static void readRng(InfotextDraft draft, String value) {
    draft.spec.rng(InfotextValues.rng(value));
    if (value.equals("GPU")) {
      draft.keep("RNG", value);
    }
  }

  private static void readTiling(InfotextDraft draft, Tiling tiling, String value) {
    if (InfotextValues.flag(value)) {
      draft.tiling(tiling);
    }
  }

  private static Optional<String> emphasis(ImageSettings settings) {
    Emphasis emphasis = settings.spec().promptOptions().emphasis();
    boolean matters =
        PromptTexts.mention(settings.spec(), "(")
            || PromptTexts.mention(settings.spec(), "[")
            || (emphasis == Emphasis.NONE && PromptTexts.mention(settings.spec(), "BREAK"));
    return emphasis != Emphasis.ORIGINAL && matters
        ? Optional.of(emphasis.label())
        : Optional.empty();
  }
}
