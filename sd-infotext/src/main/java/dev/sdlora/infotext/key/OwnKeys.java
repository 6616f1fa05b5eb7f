package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.setting;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys of settings that A1111 lacks or does not write. They are written only if they differ from
 * A1111's behaviour, so that texts of A1111 and of this library look alike.
 */
final class OwnKeys {
  private static final Set<Sampler> WITH_ORDER = EnumSet.of(Sampler.LMS, Sampler.DEIS);

  static final List<InfotextKey> ALL =
      List.of(
          setting(
              "Solver order",
              settings -> order(settings.spec()),
              (draft, value) -> draft.sampler.order(InfotextValues.integer(value))),
          setting(
              "End at sigma min",
              settings -> InfotextKey.flag(endsAtSigmaMin(settings.spec())),
              (draft, value) -> draft.sampler.endAtSigmaMin(InfotextValues.flag(value))),
          setting(
              "DeepCache interval",
              s -> InfotextKey.unless(1, s.spec().speedOptions().cacheInterval()),
              (draft, value) -> draft.speed.cacheInterval(InfotextValues.integer(value))),
          setting(
              "DeepCache branch",
              settings -> cacheBranch(settings.spec().speedOptions()),
              (draft, value) -> draft.speed.cacheBranchId(InfotextValues.integer(value))),
          setting(
              "Token merging max downsample",
              settings -> maxDownsample(settings.spec()),
              (draft, value) ->
                  draft.speed.tokenMergingMaxDownsample(InfotextValues.integer(value))),
          setting(
              "Comma backtracking",
              settings -> backtracking(settings.spec()),
              (draft, value) ->
                  draft.prompts =
                      draft.prompts.withCommaBacktracking(InfotextValues.integer(value))),
          setting(
              "Negative prompt LoRAs",
              settings ->
                  !settings.spec().promptOptions().negativeLoras()
                          && PromptTexts.hasNegativeLora(settings.spec())
                      ? Optional.of("False")
                      : Optional.empty(),
              (draft, value) ->
                  draft.prompts = draft.prompts.withNegativeLoras(InfotextValues.flag(value))),
          setting(
              "VAE tiling",
              settings ->
                  settings.spec().vaeTiling() == VaeTiling.AUTO
                      ? Optional.empty()
                      : InfotextKey.text(settings.spec().vaeTiling().name()),
              (draft, value) -> draft.spec.vaeTiling(VaeTiling.valueOf(value))),
          setting(
              ImageSettings.LORA_MODE,
              settings -> Optional.ofNullable(settings.facts().get(ImageSettings.LORA_MODE)),
              (draft, value) -> draft.spec.loraMode(LoraMode.valueOf(value))),
          fact(ImageSettings.PRECISION),
          fact(ImageSettings.LOW_BITS),
          fact(ImageSettings.HYPERNET_HASHES),
          fact("Template"),
          fact("Negative Template"));

  private OwnKeys() {}

  private static Optional<String> order(PromptSpec spec) {
    return SamplerKeys.inAnyPass(spec, (sampler, schedule) -> WITH_ORDER.contains(sampler))
            && spec.samplerOptions().order().isPresent()
        ? Optional.of(Integer.toString(spec.samplerOptions().order().getAsInt()))
        : Optional.empty();
  }

  private static Optional<String> maxDownsample(PromptSpec spec) {
    boolean merges =
        spec.speedOptions().tokenMergingRatio() != 0
            || spec.hiresFix().map(hires -> hires.tokenMergingRatio().isPresent()).orElse(false);
    return merges
        ? InfotextKey.unless(1, spec.speedOptions().tokenMergingMaxDownsample())
        : Optional.empty();
  }

  private static Optional<String> cacheBranch(SpeedOptions options) {
    return options.cacheInterval() == 1
        ? Optional.empty()
        : InfotextKey.unless(0, options.cacheBranchId());
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

  private static Optional<String> backtracking(PromptSpec spec) {
    return InfotextKey.unless(
        PromptOptions.DEFAULTS.commaBacktracking(), spec.promptOptions().commaBacktracking());
  }
}
