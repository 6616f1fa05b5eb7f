package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.former;
import static dev.sdlora.infotext.key.SettingKeys.MASK;
import static dev.sdlora.infotext.key.SettingKeys.PROMPT;
import static dev.sdlora.infotext.key.SettingKeys.SAMPLER;
import static dev.sdlora.infotext.key.SettingKeys.SPEC;
import static dev.sdlora.infotext.key.SettingKeys.SPEED;
import static dev.sdlora.infotext.key.SettingKeys.VARIATION;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.sampling.Rng;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All known keys of the settings line, in the order in which A1111 1.10 writes them: first a fixed
 * list, then the keys that A1111's components add during generation, then those that A1111 does not
 * have. Settings that are in no list here are written last, as their rows say.
 */
public final class InfotextKeys {
  private static final List<InfotextKey> FIXED =
      List.of(
          SPEC.always("steps"),
          SPEC.always("sampler").reading(InfotextDraft::sampler),
          SPEC.key("schedule")
              .writing(
                  s ->
                      Optional.of(
                          SamplerKeys.scheduleLabel(s.spec().sampler(), s.spec().schedule())))
              .factFirst()
              .reading(InfotextDraft::schedule),
          SPEC.always("cfgScale"),
          // The scale that a model with distilled guidance read, as Forge writes it.
          SPEC.key("distilledGuidance").fromFact(),
          SAMPLER.key("shift").orFact(),
          // Written for images of editing models only.
          SPEC.key("imageCfgScale")
              .factFirst()
              .reading(
                  (draft, value) -> {
                    draft.spec.imageCfgScale(InfotextValues.decimal(value));
                    draft.keep(ImageSettings.IMAGE_CFG_SCALE, value);
                  }),
          SPEC.key("seed").writing(s -> Optional.of(Long.toString(s.seed()))),
          fact("Face restoration"),
          SPEC.key("size")
              .writing(s -> Optional.of(s.size().toString()))
              .reading(InfotextDraft::size),
          former("First pass size", InfotextDraft::firstPassSize),
          fact("Model hash"),
          fact("Model"),
          fact("FP8 weight"),
          fact("Cache FP16 weight for LoRA"),
          fact(ImageSettings.VAE_HASH),
          fact(ImageSettings.VAE),
          VARIATION.key("seed"),
          VARIATION.key("strength"),
          VARIATION.key("resizeFrom"),
          HiresKeys.DENOISING_STRENGTH,
          MASK.key("conditionalMaskWeight").asFact(),
          SPEC.key("clipSkip"),
          SamplerKeys.ENSD,
          SPEED.key("tokenMergingRatio"),
          HiresKeys.TOKEN_MERGING_RATIO,
          fact("Init image hash"),
          SPEC.key("rng").writing(InfotextKeys::rng).reading(InfotextKeys::readRng),
          tiling("Tiling", Tiling.BOTH));

  /** Keys of extensions come here because A1111 calls extensions before generation starts. */
  private static final List<InfotextKey> ADDED =
      Stream.of(
              List.of(tiling("Tile X", Tiling.X), tiling("Tile Y", Tiling.Y)),
              DetailKeys.ALL,
              ControlKeys.ALL,
              HiresKeys.ALL,
              List.of(
                  MASK.key("inverted").inWords(on -> "Inpaint not masked").asFact(),
                  MASK.always("maskBlur").onlyIf(InfotextKeys::blursMask).asFact(),
                  MASK.key("onlyMasked").inWords(on -> "Only masked").asFact(),
                  MASK.always("padding").asFact(),
                  MASK.key("maskedContent").asFact(),
                  fact("Lora hashes"),
                  former("Hypernet", InfotextDraft::hypernet),
                  former("Hypernet strength", InfotextDraft::hypernetStrength),
                  PROMPT.key("oldEditingTimelines").onlyIf(spec -> PromptTexts.mention(spec, "[")),
                  fact("TI hashes"),
                  PROMPT.key("emphasis").onlyIf(InfotextKeys::isEmphasised)),
              SamplerKeys.ALL,
              SpeedKeys.GUIDANCE,
              SamplerKeys.GUIDANCE,
              List.of(
                  SPEC.key("refinerBySteps")
                      .reading((draft, value) -> draft.refinerBySteps(InfotextValues.flag(value))),
                  PROMPT
                      .key("padConds")
                      .factFirst()
                      .reading(
                          (draft, value) -> {
                            boolean pad = InfotextValues.flag(value);
                            draft.prompts.change(prompts -> prompts.withPadConds(pad));
                            draft.keep("Pad conds", value);
                          }),
                  SamplerKeys.HIRES_EXTRA_NOISE,
                  SPEC.key("finalDecoder")
                      .inWords(name -> FinalDecoder.parse(name).label())
                      .reading(
                          (draft, value) -> draft.spec.finalDecoder(FinalDecoder.parse(value))),
                  SPEC.always("upscale")
                      .onlyIf(spec -> spec.upscaler().isPresent())
                      .reading(InfotextDraft::upscale),
                  SPEC.key("upscaler")
                      .writing(s -> s.spec().upscaler().map(upscaler -> upscaler.name()))
                      .reading(InfotextDraft::upscaler),
                  fact(ImageSettings.REFINER),
                  SPEC.key("refinerSwitch")
                      .reading(
                          (draft, value) -> draft.refinerSwitchAt(InfotextValues.decimal(value)))),
              OwnKeys.ALL)
          .flatMap(Collection::stream)
          .toList();

  private static final List<InfotextKey> LAST =
      Stream.concat(
              SettingKeys.others(
                  Stream.of(FIXED, ADDED)
                      .flatMap(Collection::stream)
                      .map(InfotextKey::name)
                      .collect(Collectors.toSet())),
              Stream.of(fact("Version"), fact("User"), fact("Hashes")))
          .toList();

  private static final Map<String, InfotextKey> BY_NAME =
      Stream.of(FIXED, ADDED, LAST)
          .flatMap(Collection::stream)
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
    LAST.forEach(key -> write(key, settings, line));
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

  /**
   * Returns the random number generator. A1111 omits its default, which depends on the graphics
   * card; this library always writes it, unless it was absent from the text that was read.
   */
  private static Optional<String> rng(ImageSettings settings) {
    Rng rng = settings.spec().rng();
    boolean absent = rng == Rng.NV && "GPU".equals(settings.facts().get("RNG"));
    return absent ? Optional.empty() : Optional.of(rng.name());
  }

  private static void readRng(InfotextDraft draft, String value) {
    draft.spec.rng(InfotextValues.rng(value));
    if (value.equals("GPU")) {
      draft.keep("RNG", value);
    }
  }

  private static InfotextKey tiling(String name, Tiling tiling) {
    return SPEC.key("tiling")
        .named(name)
        .onlyIf(spec -> spec.tiling() == tiling)
        .inWords(on -> "True")
        .reading(
            (draft, value) -> {
              if (InfotextValues.flag(value)) {
                draft.tiling(tiling);
              }
            });
  }

  /** A1111 writes no blur of 0, although its default is another. */
  private static boolean blursMask(PromptSpec spec) {
    return spec.imageToImage()
        .flatMap(image -> image.inpainting())
        .map(mask -> mask.maskBlur() != 0)
        .orElse(false);
  }

  private static boolean isEmphasised(PromptSpec spec) {
    return PromptTexts.mention(spec, "(")
        || PromptTexts.mention(spec, "[")
        || (spec.promptOptions().emphasis() == Emphasis.NONE && PromptTexts.mention(spec, "BREAK"));
  }
}
