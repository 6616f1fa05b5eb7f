package dev.sdlora.request;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.api.value.SettingException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A1111's options with an effect here, grouped by target: one line each, with A1111's default.
 * Options are set before the fields of a request, which take precedence, unless noted otherwise.
 */
final class Options {
  static final String CLIP_SKIP = "CLIP_stop_at_last_layers";
  private static final String ZERO_TERMINAL_SNR = "Zero Terminal SNR";

  /** Options of the whole request. */
  static final List<Option<OptionDraft>> REQUEST =
      List.of(
          Option.<OptionDraft>of(
                  CLIP_SKIP, 1, (draft, o) -> o.ifWhole(CLIP_SKIP, draft.spec::clipSkip))
              .writing(PromptSpec::clipSkip),
          Option.<OptionDraft>of(
                  "randn_source", "NV", (draft, o) -> o.ifName("randn_source", draft::rng))
              .writing(spec -> spec.rng() == Rng.CPU ? "CPU" : "NV"),
          Option.<OptionDraft>of(
              "tiling", false, (draft, o) -> draft.tiling(o.flag("tiling", false))),
          Option.<OptionDraft>of(
                  "sd_vae_decode_method",
                  "Full",
                  (draft, o) ->
                      o.ifName(
                          "sd_vae_decode_method",
                          name -> draft.spec.finalDecoder(FinalDecoder.parse(name))))
              .writing(spec -> spec.finalDecoder().label()),
          Option.<OptionDraft>of(
              "enable_emphasis",
              true,
              (draft, o) ->
                  draft.prompts =
                      draft.prompts.withEmphasis(
                          o.flag("enable_emphasis", true) ? Emphasis.ORIGINAL : Emphasis.NONE)),
          Option.<OptionDraft>of(
                  "emphasis",
                  "Original",
                  (draft, o) ->
                      o.ifName(
                          "emphasis",
                          name -> draft.prompts = draft.prompts.withEmphasis(Emphasis.parse(name))))
              .writing(spec -> spec.promptOptions().emphasis().label()),
          Option.<OptionDraft>of(
                  "comma_padding_backtrack",
                  20,
                  (draft, o) ->
                      o.ifWhole(
                          "comma_padding_backtrack",
                          tokens -> draft.prompts = draft.prompts.withCommaBacktracking(tokens)))
              .writing(spec -> spec.promptOptions().commaBacktracking()),
          Option.<OptionDraft>of(
                  "pad_cond_uncond",
                  false,
                  (draft, o) ->
                      draft.prompts = draft.prompts.withPadConds(o.flag("pad_cond_uncond", false)))
              .writing(spec -> spec.promptOptions().padConds()),
          Option.<OptionDraft>of(
                  "use_old_scheduling",
                  false,
                  (draft, o) ->
                      draft.prompts =
                          draft.prompts.withOldEditingTimelines(
                              o.flag("use_old_scheduling", false)))
              .writing(spec -> spec.promptOptions().oldEditingTimelines()),
          Option.<OptionDraft>of(
                  "sdxl_clip_l_skip",
                  false,
                  (draft, o) ->
                      draft.prompts =
                          draft.prompts.withClipSkipOnSdxl(o.flag("sdxl_clip_l_skip", false)))
              .writing(spec -> spec.promptOptions().clipSkipOnSdxl()),
          Option.<OptionDraft>of(
                  "sdxl_crop_top", 0, (draft, o) -> draft.cropTop(o.whole("sdxl_crop_top", 0)))
              .writing(spec -> spec.sizeConditioning().cropTop()),
          Option.<OptionDraft>of(
                  "sdxl_crop_left", 0, (draft, o) -> draft.cropLeft(o.whole("sdxl_crop_left", 0)))
              .writing(spec -> spec.sizeConditioning().cropLeft()),
          Option.<OptionDraft>of(
                  "sdxl_refiner_high_aesthetic_score",
                  6.0,
                  (draft, o) ->
                      o.ifNumber("sdxl_refiner_high_aesthetic_score", draft::aestheticScore))
              .writing(spec -> spec.sizeConditioning().aestheticScore()),
          Option.<OptionDraft>of(
                  "sdxl_refiner_low_aesthetic_score",
                  2.5,
                  (draft, o) ->
                      o.ifNumber("sdxl_refiner_low_aesthetic_score", draft::negativeAestheticScore))
              .writing(spec -> spec.sizeConditioning().negativeAestheticScore()),
          Option.<OptionDraft>of(
                  "token_merging_ratio",
                  0.0,
                  (draft, o) -> o.ifNumber("token_merging_ratio", draft.speed::tokenMergingRatio))
              .writing(spec -> spec.speedOptions().tokenMergingRatio()),
          Option.<OptionDraft>of(
              "skip_early_cond",
              0.0,
              (draft, o) ->
                  o.ifNumber(
                      "skip_early_cond",
                      share -> draft.speed.guidanceRange(GuidanceRange.ofSteps(share, 1)))));

  /** Options of sampling, set in the same draft. */
  static final List<Option<OptionDraft>> SAMPLING =
      List.of(
          Option.<OptionDraft>of(
              "eta_ancestral", 1.0, (draft, o) -> o.ifNumber("eta_ancestral", draft::eta)),
          Option.<OptionDraft>of(
              "eta_ddim", 0.0, (draft, o) -> o.ifNumber("eta_ddim", draft::etaDdim)),
          Option.<OptionDraft>of(
                  "eta_noise_seed_delta",
                  0,
                  (draft, o) -> draft.sampler.ensd(o.whole("eta_noise_seed_delta").orElse(0)))
              .writing(spec -> spec.samplerOptions().ensd()),
          Option.<OptionDraft>of(
              "s_churn", 0.0, (draft, o) -> o.ifNumber("s_churn", draft.sampler::sChurn)),
          Option.<OptionDraft>of(
              "s_tmin", 0.0, (draft, o) -> o.ifNumber("s_tmin", draft.sampler::sTmin)),
          Option.<OptionDraft>of(
              "s_tmax", 0.0, (draft, o) -> o.ifNumber("s_tmax", draft.sampler::sTmax)),
          Option.<OptionDraft>of(
              "s_noise", 1.0, (draft, o) -> o.ifNumber("s_noise", draft.sampler::sNoise)),
          Option.<OptionDraft>of(
              "s_min_uncond",
              0.0,
              (draft, o) -> o.ifNumber("s_min_uncond", draft.sampler::skipUncondBelowSigma)),
          Option.<OptionDraft>of(
                  "sigma_min", 0.0, (draft, o) -> o.ifNumber("sigma_min", draft.sampler::sigmaMin))
              .writing(spec -> spec.samplerOptions().sigmaMin().orElse(0)),
          Option.<OptionDraft>of(
                  "sigma_max", 0.0, (draft, o) -> o.ifNumber("sigma_max", draft.sampler::sigmaMax))
              .writing(spec -> spec.samplerOptions().sigmaMax().orElse(0)),
          Option.<OptionDraft>of("rho", 0.0, (draft, o) -> o.ifNumber("rho", draft.sampler::rho))
              .writing(spec -> spec.samplerOptions().rho().orElse(0)),
          Option.<OptionDraft>of(
                  "beta_dist_alpha",
                  0.6,
                  (draft, o) -> o.ifNumber("beta_dist_alpha", draft::betaAlpha))
              .writing(spec -> spec.samplerOptions().betaAlpha()),
          Option.<OptionDraft>of(
                  "beta_dist_beta",
                  0.6,
                  (draft, o) -> o.ifNumber("beta_dist_beta", draft::betaBeta))
              .writing(spec -> spec.samplerOptions().betaBeta()),
          Option.<OptionDraft>of(
                  "always_discard_next_to_last_sigma",
                  false,
                  (draft, o) ->
                      draft.sampler.discardNextToLastSigma(
                          o.flag("always_discard_next_to_last_sigma", false)))
              .writing(spec -> spec.samplerOptions().discardNextToLastSigma()),
          Option.<OptionDraft>of(
                  "sgm_noise_multiplier",
                  false,
                  (draft, o) ->
                      draft.sampler.sgmNoiseMultiplier(o.flag("sgm_noise_multiplier", false)))
              .writing(spec -> spec.samplerOptions().sgmNoiseMultiplier()),
          Option.<OptionDraft>of(
                  "uni_pc_variant",
                  "bh1",
                  (draft, o) ->
                      o.ifName("uni_pc_variant", name -> draft.sampler.uniPcVariant(variant(name))))
              .writing(
                  spec -> spec.samplerOptions().uniPcVariant().name().toLowerCase(Locale.ROOT)),
          Option.<OptionDraft>of(
              "uni_pc_order", 3, (draft, o) -> o.ifWhole("uni_pc_order", draft::uniPcOrder)),
          Option.<OptionDraft>of(
                  "sd_noise_schedule",
                  "Default",
                  (draft, o) ->
                      o.ifName(
                          "sd_noise_schedule",
                          name ->
                              draft.sampler.zeroTerminalSnr(
                                  choice(name, "Default", ZERO_TERMINAL_SNR))))
              .writing(
                  spec -> spec.samplerOptions().zeroTerminalSnr() ? ZERO_TERMINAL_SNR : "Default"),
          Option.<OptionDraft>of(
                  "img2img_extra_noise",
                  0.0,
                  (draft, o) -> o.ifNumber("img2img_extra_noise", draft.sampler::extraNoise))
              .writing(spec -> spec.samplerOptions().extraNoise()));

  /** Options of the start image. */
  static final List<Option<ImageToImage.Builder>> START =
      List.of(
          Option.<ImageToImage.Builder>of(
              "initial_noise_multiplier",
              1.0,
              (start, o) -> o.ifNumber("initial_noise_multiplier", start::noiseMultiplier)),
          Option.<ImageToImage.Builder>of(
                  "img2img_fix_steps",
                  false,
                  (start, o) -> start.fixSteps(o.flag("img2img_fix_steps", false)))
              .writingIf(spec -> spec.imageToImage().map(ImageToImage::fixSteps)),
          Option.<ImageToImage.Builder>of(
                  "img2img_color_correction",
                  false,
                  (start, o) -> start.colorCorrection(o.flag("img2img_color_correction", false)))
              .writingIf(spec -> spec.imageToImage().map(ImageToImage::colorCorrection)));

  /** Options of the mask. */
  static final List<Option<Inpainting.Builder>> MASK =
      List.of(
          Option.<Inpainting.Builder>of(
                  "inpainting_mask_weight",
                  1.0,
                  (mask, o) -> o.ifNumber("inpainting_mask_weight", mask::conditionalMaskWeight))
              .writingIf(
                  spec ->
                      spec.imageToImage()
                          .flatMap(ImageToImage::inpainting)
                          .map(Inpainting::conditionalMaskWeight)));

  /** Options of hires fix. */
  static final List<Option<HiresFix.Builder>> HIRES =
      List.of(
          Option.<HiresFix.Builder>of(
                  "token_merging_ratio_hr",
                  0.0,
                  (hires, o) -> {
                    if (o.number("token_merging_ratio_hr").orElse(0) != 0) {
                      o.ifNumber("token_merging_ratio_hr", hires::tokenMergingRatio);
                    }
                  })
              .writingIf(
                  spec ->
                      spec.hiresFix()
                          .filter(hires -> hires.tokenMergingRatio().isPresent())
                          .map(hires -> hires.tokenMergingRatio().getAsDouble())));

  /** Options set after the fields, because they modify their values. */
  static final List<Option<OptionDraft>> AFTER_FIELDS =
      List.of(
          Option.<OptionDraft>of(
              "token_merging_ratio_img2img",
              0.0,
              (draft, o) ->
                  o.ifNumber("token_merging_ratio_img2img", draft::tokenMergingFromImage)),
          Option.<OptionDraft>of(
                  "s_min_uncond_all",
                  false,
                  (draft, o) -> {
                    if (o.flag("s_min_uncond_all", false)) {
                      draft.skipUncondInAllSteps();
                    }
                  })
              .writing(OptionDraft::skipsUncondInAllSteps),
          Option.<OptionDraft>of(
                  "refiner_switch_by_sample_steps",
                  false,
                  (draft, o) ->
                      draft.refinerBySteps(o.flag("refiner_switch_by_sample_steps", false)))
              .writingIf(
                  spec ->
                      spec.refinerSwitch().isPresent()
                          ? Optional.of(spec.refinerBySteps())
                          : Optional.empty()),
          Option.<OptionDraft>of(
              "img2img_background_color", "#ffffff", (draft, o) -> Background.of(o)));

  /**
   * Options that affect images in A1111 and are not supported here, each with the values that match
   * what is drawn anyway.
   */
  static final Map<String, Set<String>> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("ad_dynamic_denoise_power", Set.of("0", "0.0")),
          Map.entry("ad_match_inpaint_bbox_size", Set.of("Off")),
          Map.entry("ad_only_selected_scripts", Set.of("true")),
          Map.entry("ddim_discretize", Set.of("uniform")),
          Map.entry("dont_fix_second_order_samplers_schedule", Set.of("false")),
          Map.entry("enable_quantization", Set.of("false")),
          Map.entry("extra_networks_default_multiplier", Set.of("1", "1.0")),
          Map.entry("face_restoration", Set.of("false")),
          Map.entry("fp8_storage", Set.of("Disable")),
          Map.entry("hires_fix_refiner_pass", Set.of("second pass")),
          Map.entry("hires_fix_use_firstpass_conds", Set.of("false")),
          Map.entry("no_dpmpp_sde_batch_determinism", Set.of("false")),
          Map.entry("pad_cond_uncond_v0", Set.of("false")),
          Map.entry("sd_hypernetwork", Set.of("None", "")),
          Map.entry("sd_vae_encode_method", Set.of("Full")),
          Map.entry("uni_pc_lower_order_final", Set.of("true")),
          Map.entry("uni_pc_skip_type", Set.of("time_uniform")),
          Map.entry("upscaler_for_img2img", Set.of("None", "", "Lanczos")),
          Map.entry("use_downcasted_alpha_bar", Set.of("false")),
          Map.entry("use_old_emphasis_implementation", Set.of("false")),
          Map.entry("use_old_hires_fix_width_height", Set.of("false")),
          Map.entry("use_old_karras_scheduler_sigmas", Set.of("false")));

  private Options() {}

  /** Returns all options with an effect. */
  static List<Option<?>> acting() {
    return Stream.<List<? extends Option<?>>>of(
            REQUEST, SAMPLING, START, MASK, HIRES, DetailerScript.OPTIONS, AFTER_FIELDS)
        .<Option<?>>flatMap(Collection::stream)
        .toList();
  }

  private static UniPcVariant variant(String name) {
    return choice(name, "bh1", "bh2") ? UniPcVariant.BH2 : UniPcVariant.BH1;
  }

  /** Whether the value is the second of two names. */
  private static boolean choice(String name, String first, String second) {
    if (!name.equalsIgnoreCase(first) && !name.equalsIgnoreCase(second)) {
      throw new SettingException("value", "be '%s' or '%s'".formatted(first, second), name);
    }
    return name.equalsIgnoreCase(second);
  }
}
