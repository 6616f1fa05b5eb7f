package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.SettingKeys.PROMPT;
import static dev.sdlora.infotext.key.SettingKeys.SAMPLER;
import static dev.sdlora.infotext.key.SettingKeys.SIZES;
import static dev.sdlora.infotext.key.SettingKeys.SPEC;
import static dev.sdlora.infotext.key.SettingKeys.SPEED;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.setting.FlowKeys;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Keys of settings that A1111 lacks or does not write. They are written only if they differ from
 * A1111's behaviour, so that texts of A1111 and of this library look alike.
 */
final class OwnKeys {
  private static final Set<Sampler> WITH_ORDER = EnumSet.of(Sampler.LMS, Sampler.DEIS);

  static final List<InfotextKey> ALL =
      List.of(
          SAMPLER.key("order").onlyIf(OwnKeys::hasOrder),
          SAMPLER.key("endAtSigmaMin").onlyIf(OwnKeys::endsAtSigmaMin),
          SPEED.key("cacheInterval"),
          SPEED.key("cacheBranchId").onlyIf(spec -> spec.speedOptions().cacheInterval() != 1),
          SPEED.key("tokenMergingMaxDownsample").onlyIf(OwnKeys::mergesTokens),
          PROMPT.key("commaBacktracking"),
          PROMPT.key("negativeLoras").onlyIf(PromptTexts::hasNegativeLora),
          SPEC.key("vaeTiling").inWords(name -> name.toUpperCase(Locale.ROOT)),
          SPEC.key("loraMode").fromFact(),
          fact(ImageSettings.PRECISION),
          fact(ImageSettings.DEVICE),
          fact(ImageSettings.LOW_BITS),
          fact(ImageSettings.HYPERNET_HASHES),
          fact("Template"),
          fact("Negative Template"),
          SpeedKeys.END,
          SpeedKeys.LEAST_SIGMA,
          SpeedKeys.MOST_SIGMA,
          SIZES.key("originalSize"),
          SIZES.key("targetSize"),
          SIZES.key("cropTop"),
          SIZES.key("cropLeft"),
          SIZES.key("aestheticScore"),
          SIZES.key("negativeAestheticScore"),
          PROMPT
              .key("emptyNegativeEncoded")
              .inWords(on -> "encoded")
              .reading(
                  (draft, value) ->
                      draft.prompts.change(prompts -> prompts.withEmptyNegativeEncoded(true))),
          fact(FlowKeys.REFERENCES),
          PROMPT.key("t5Tokens").fromFact(),
          PROMPT.key("clipSkipOnSdxl"));

  private OwnKeys() {}

  private static boolean hasOrder(PromptSpec spec) {
    return SamplerKeys.inAnyPass(spec, (sampler, schedule) -> WITH_ORDER.contains(sampler));
  }

  private static boolean mergesTokens(PromptSpec spec) {
    return spec.speedOptions().tokenMergingRatio() != 0
        || spec.hiresFix().map(hires -> hires.tokenMergingRatio().isPresent()).orElse(false);
  }

  private static boolean endsAtSigmaMin(PromptSpec spec) {
    return spec.samplerOptions().endAtSigmaMin().orElse(false)
        && SamplerKeys.inAnyPass(
            spec,
            (sampler, schedule) ->
                schedule == Schedule.TRAILING
                    && sampler.follows(schedule)
                    && sampler != Sampler.LCM);
  }
}
