package dev.sdlora.request.setting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.value.Labels;
import dev.sdlora.request.json.Fields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of a request that have no field of A1111 and are no option of A1111: one field for
 * each row, under its name in JSON, and a few that combine or rename values. A setting with its
 * default is not written.
 */
public final class OwnSettings {
  /** The fields that are read one by one, with code of their own. */
  public static final Set<String> BY_HAND =
      Set.of(
          """
          prompt negative_prompt styles disable_extra_networks infotext checkpoint
          seed subseed subseed_strength seed_resize_from_w seed_resize_from_h
          sampler_name sampler_index scheduler steps few_steps cfg_scale
          width height batch_size n_iter tiling restore_faces eta s_min_uncond s_tmax
          override_settings refiner_checkpoint refiner_switch_at
          script_name script_args alwayson_scripts
          token_merging_ratio token_merging_ratio_hr
          enable_hr denoising_strength firstphase_width firstphase_height
          hr_scale hr_upscaler hr_second_pass_steps hr_resize_x hr_resize_y
          hr_checkpoint_name hr_sampler_name hr_scheduler hr_prompt hr_negative_prompt
          hr_cfg hr_distilled_cfg
          init_images resize_mode initial_noise_multiplier
          mask latent_mask firstpass_image mask_blur mask_blur_x mask_blur_y mask_round
          inpainting_fill inpaint_full_res inpaint_full_res_padding inpainting_mask_invert
          outpainting lora masks region_blur reference_images detailPasses\
          """
              .split("\\s+"));

  /** The values of "empty_negative". */
  private enum EmptyNegative {
    ZEROS,
    ENCODED
  }

  /** Fields whose values are not those of the rows. */
  private static final List<Option<OptionDraft>> IRREGULAR =
      List.of(
          Option.<OptionDraft>of(
                  "strict",
                  false,
                  (draft, f) -> {
                    PromptMode mode =
                        f.flag("strict", false) ? PromptMode.STRICT : PromptMode.A1111;
                    draft.prompts.change(prompts -> prompts.withMode(mode));
                  })
              .writing(spec -> spec.promptOptions().mode() == PromptMode.STRICT),
          Option.<OptionDraft>of(
                  "exact_a1111",
                  false,
                  (draft, f) -> {
                    boolean exact = f.flag("exact_a1111", false);
                    draft.prompts.change(prompts -> prompts.withNegativeLoras(!exact));
                  })
              .writing(spec -> !spec.promptOptions().negativeLoras()),
          Option.<OptionDraft>of(
                  "empty_negative",
                  label(EmptyNegative.ZEROS),
                  (draft, f) ->
                      f.ifName(
                          "empty_negative",
                          text -> {
                            boolean encoded = emptyNegative(text) == EmptyNegative.ENCODED;
                            draft.prompts.change(
                                prompts -> prompts.withEmptyNegativeEncoded(encoded));
                          }))
              .writing(
                  spec ->
                      label(
                          spec.promptOptions().emptyNegativeEncoded()
                              ? EmptyNegative.ENCODED
                              : EmptyNegative.ZEROS)),
          Option.<OptionDraft>of(
                  "guidance_range",
                  pair(GuidanceRange.ALL.start(), GuidanceRange.ALL.end()),
                  (draft, f) -> draft.guidanceSteps(f.pair("guidance_range")))
              .writing(
                  spec ->
                      pair(
                          spec.speedOptions().guidanceRange().start(),
                          spec.speedOptions().guidanceRange().end())),
          Option.<OptionDraft>of(
                  "guidance_sigmas",
                  NullNode.instance,
                  (draft, f) -> draft.guidanceSigmas(f.pair("guidance_sigmas")))
              .writingIf(OwnSettings::guidanceSigmas));

  /** The fields of all settings. */
  public static final List<Option<OptionDraft>> ALL =
      Stream.concat(IRREGULAR.stream(), regular()).toList();

  private OwnSettings() {}

  /** Returns the fields of all rows that are read nowhere else. */
  private static Stream<Option<OptionDraft>> regular() {
    Set<String> others =
        Stream.concat(IRREGULAR.stream(), Options.acting().stream())
            .map(Option::name)
            .collect(Collectors.toSet());
    Stream<Option<OptionDraft>> alsoOptions =
        Stream.of("sChurn", "sTmin", "sNoise").map(Place.SAMPLER::option);
    Stream<Option<OptionDraft>> rows =
        Place.OF_ALL.stream()
            .flatMap(place -> place.options().stream())
            .filter(field -> !others.contains(field.name()));
    return Stream.concat(alsoOptions, rows).filter(field -> !BY_HAND.contains(field.name()));
  }

  /** Sets the settings whose fields are given. */
  public static void read(Fields fields, PromptSpec.Builder spec) {
    OptionDraft draft = new OptionDraft(spec);
    ALL.forEach(setting -> setting.apply(draft, fields));
    draft.finish();
  }

  /** Writes the settings that do not have their defaults. */
  public static void write(PromptSpec spec, ObjectNode fields) {
    ALL.forEach(
        setting -> setting.written(spec).ifPresent(value -> fields.set(setting.name(), value)));
  }

  private static EmptyNegative emptyNegative(String text) {
    return Labels.parse(EmptyNegative.values(), OwnSettings::label, "empty_negative", text);
  }

  private static String label(EmptyNegative value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the limits unless there are none or "s_min_uncond" expresses them. */
  private static Optional<JsonNode> guidanceSigmas(PromptSpec spec) {
    GuidanceRange range = spec.speedOptions().guidanceRange();
    boolean limited = range.sigmaMax() != Double.POSITIVE_INFINITY;
    if (!limited && (range.sigmaMin() == 0 || OptionDraft.skipsUncondInAllSteps(spec))) {
      return Optional.empty();
    }
    return Optional.of(
        limited
            ? pair(range.sigmaMin(), range.sigmaMax())
            : Fields.array().add(range.sigmaMin()).addNull());
  }

  private static ArrayNode pair(double lower, double upper) {
    return Fields.array().add(lower).add(upper);
  }
}
