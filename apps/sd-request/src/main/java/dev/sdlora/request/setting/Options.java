package dev.sdlora.request.setting;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.request.image.Background;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A1111's options with an effect here, grouped by target: one line each, with A1111's default.
 * Options are set before the fields of a request, which take precedence, unless noted otherwise.
 */
public final class Options {
  /** The name of the option for CLIP skip. */
  public static final String CLIP_SKIP = Place.SPEC.option("clipSkip").name();

  private static final String SAME_SEED = "ad_same_seed_for_each_tab";
  private static final String ZERO_TERMINAL_SNR = "Zero Terminal SNR";

  /** Options of the whole request. */
  public static final List<Option<OptionDraft>> REQUEST =
      List.of(
          Place.SPEC.option("clipSkip"),
          Option.<OptionDraft>of(
                  "randn_source", "NV", (draft, o) -> o.ifName("randn_source", draft::rng))
              .writing(spec -> spec.rng() == Rng.CPU ? "CPU" : "NV"),
          Option.of("tiling", false, (draft, o) -> draft.tiling(o.flag("tiling", false))),
          Place.SPEC
              .option("finalDecoder")
              .usual(FinalDecoder.VAE.label())
              .reading(
                  (draft, o) ->
                      o.ifName(
                          "sd_vae_decode_method",
                          name -> draft.spec.finalDecoder(FinalDecoder.parse(name))))
              .writing(spec -> spec.finalDecoder().label()),
          Option.of(
              "enable_emphasis",
              true,
              (draft, o) -> {
                Emphasis emphasis =
                    o.flag("enable_emphasis", true) ? Emphasis.ORIGINAL : Emphasis.NONE;
                draft.prompts.change(prompts -> prompts.withEmphasis(emphasis));
              }),
          Place.PROMPTS.option("emphasis"),
          Place.PROMPTS.option("commaBacktracking"),
          Place.PROMPTS.option("padConds"),
          Place.PROMPTS.option("oldEditingTimelines"),
          Place.PROMPTS.option("clipSkipOnSdxl"),
          Place.SIZES.option("cropTop"),
          Place.SIZES.option("cropLeft"),
          Place.SIZES.option("aestheticScore"),
          Place.SIZES.option("negativeAestheticScore"),
          Place.SPEED.option("tokenMergingRatio"),
          Option.of(
              "skip_early_cond",
              0.0,
              (draft, o) ->
                  o.ifNumber(
                      "skip_early_cond",
                      share -> draft.speed.guidanceRange(GuidanceRange.ofSteps(share, 1)))));

  /** Options of sampling, set in the same draft. */
  public static final List<Option<OptionDraft>> SAMPLING =
      List.of(
          Option.of("eta_ancestral", 1.0, (draft, o) -> o.ifNumber("eta_ancestral", draft::eta)),
          Option.of("eta_ddim", 0.0, (draft, o) -> o.ifNumber("eta_ddim", draft::etaDdim)),
          Place.SAMPLER.option("ensd"),
          Place.SAMPLER.option("sChurn").unwritten(),
          Place.SAMPLER.option("sTmin").unwritten(),
          Place.SAMPLER.option("sTmax").usual(0.0).unwritten(),
          Place.SAMPLER.option("sNoise").unwritten(),
          Place.SAMPLER.option("skipUncondBelowSigma").unwritten(),
          Place.SAMPLER.option("sigmaMin").usual(0.0),
          Place.SAMPLER.option("sigmaMax").usual(0.0),
          Place.SAMPLER.option("rho").usual(0.0),
          Place.SAMPLER.option("betaAlpha"),
          Place.SAMPLER.option("betaBeta"),
          Place.SAMPLER.option("discardNextToLastSigma"),
          Place.SAMPLER.option("sgmNoiseMultiplier"),
          Place.SAMPLER
              .option("uniPcVariant")
              .reading(
                  (draft, o) ->
                      o.ifName(
                          "uni_pc_variant", name -> draft.sampler.uniPcVariant(variant(name)))),
          Option.of("uni_pc_order", 3, (draft, o) -> o.ifWhole("uni_pc_order", draft::uniPcOrder)),
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
          Place.SAMPLER.option("extraNoise"));

  /** Options of the start image. */
  public static final List<Option<ImageToImage.Builder>> START =
      List.of(
          Place.START.option("noiseMultiplier").unwritten(),
          Place.START.option("fixSteps"),
          Place.START.option("colorCorrection"));

  /** Options of the mask. */
  public static final List<Option<Inpainting.Builder>> MASK =
      List.of(Place.MASK.option("conditionalMaskWeight"));

  /** Options of hires fix; A1111's ratio of 0 is that of the first pass. */
  public static final List<Option<HiresFix.Builder>> HIRES =
      List.of(
          Place.HIRES
              .option("tokenMergingRatio")
              .usual(0.0)
              .reading(
                  (hires, o) -> {
                    if (o.number("token_merging_ratio_hr").orElse(0) != 0) {
                      o.ifNumber("token_merging_ratio_hr", hires::tokenMergingRatio);
                    }
                  }));

  /** Options of the extension ADetailer, which apply to each of its passes. */
  public static final List<Option<DetailPass.Builder>> DETAIL =
      List.of(
          Option.of(
              "ad_bbox_sortby",
              "None",
              (pass, o) ->
                  o.ifName("ad_bbox_sortby", name -> pass.order(DetailPass.Order.parse(name)))),
          Option.of(SAME_SEED, false, (pass, o) -> pass.sameSeed(o.flag(SAME_SEED, false))));

  /** Options set after the fields, because they modify their values. */
  public static final List<Option<OptionDraft>> AFTER_FIELDS =
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
  public static final Map<String, Set<String>> UNSUPPORTED =
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
  public static List<Option<?>> acting() {
    return Stream.<List<? extends Option<?>>>of(
            REQUEST, SAMPLING, START, MASK, HIRES, DETAIL, AFTER_FIELDS)
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
