package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.option.ImageOptions;
import dev.sdlora.request.Fields;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.Overrides;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** Tests that each option that describes an image has a name in JSON too. */
class JsonNamesTest {
  /** Fields and options of A1111 under other names than on the command line. */
  private static final Map<String, String> A1111S_NAMES =
      Map.ofEntries(
          Map.entry("--negative", "negative_prompt"),
          Map.entry("--style", "styles"),
          Map.entry("--sampler", "sampler_name"),
          Map.entry("--schedule", "scheduler"),
          Map.entry("--cfg", "cfg_scale"),
          Map.entry("--rng", "randn_source"),
          Map.entry("--size", "width"),
          Map.entry("--images", "n_iter"),
          Map.entry("--clip-skip", "CLIP_stop_at_last_layers"),
          Map.entry("--from-png", "infotext"),
          Map.entry("--region", "masks"),
          Map.entry("--reference", "reference_images"),
          Map.entry("--init", "init_images"),
          Map.entry("--strength", "denoising_strength"),
          Map.entry("--fix-steps", "img2img_fix_steps"),
          Map.entry("--noise-multiplier", "initial_noise_multiplier"),
          Map.entry("--color-correction", "img2img_color_correction"),
          Map.entry("--invert-mask", "inpainting_mask_invert"),
          Map.entry("--masked-content", "inpainting_fill"),
          Map.entry("--only-masked", "inpaint_full_res"),
          Map.entry("--conditional-mask-weight", "inpainting_mask_weight"),
          Map.entry("--padding", "inpaint_full_res_padding"),
          Map.entry("--outpaint", "outpainting"),
          Map.entry("--hires", "hr_scale"),
          Map.entry("--hires-upscaler", "hr_upscaler"),
          Map.entry("--hires-steps", "hr_second_pass_steps"),
          Map.entry("--hires-strength", "denoising_strength"),
          Map.entry("--hires-prompt", "hr_prompt"),
          Map.entry("--hires-negative", "hr_negative_prompt"),
          Map.entry("--hires-sampler", "hr_sampler_name"),
          Map.entry("--hires-schedule", "hr_scheduler"),
          Map.entry("--hires-cfg", "hr_cfg"),
          Map.entry("--hires-distilled-cfg", "hr_distilled_cfg"),
          Map.entry("--hires-token-merging-ratio", "token_merging_ratio_hr"),
          Map.entry("--trigger-words", "add_trigger_words"),
          Map.entry("--comma-backtracking", "comma_padding_backtrack"),
          Map.entry("--pad-conds", "pad_cond_uncond"),
          Map.entry("--old-editing", "use_old_scheduling"),
          Map.entry("--ensd", "eta_noise_seed_delta"),
          Map.entry("--ngms", "s_min_uncond"),
          Map.entry("--unipc-variant", "uni_pc_variant"),
          Map.entry("--beta-alpha", "beta_dist_alpha"),
          Map.entry("--beta-beta", "beta_dist_beta"),
          Map.entry("--extra-noise", "img2img_extra_noise"),
          Map.entry("--discard-next-to-last-sigma", "always_discard_next_to_last_sigma"),
          Map.entry("--zero-terminal-snr", "sd_noise_schedule"),
          Map.entry("--sgm-noise", "sgm_noise_multiplier"),
          Map.entry("--no-exact-batches", "exact_batches"),
          Map.entry("--batch-size", "images_at_once"),
          Map.entry("--variation-seed", "subseed"),
          Map.entry("--variation-strength", "subseed_strength"),
          Map.entry("--seed-resize-from", "seed_resize_from_w"),
          Map.entry("--control", "alwayson_scripts"),
          Map.entry("--ip-adapter", "alwayson_scripts"),
          Map.entry("--image-prompt", "alwayson_scripts"),
          Map.entry("--final-decoder", "sd_vae_decode_method"),
          Map.entry("--refiner-by-steps", "refiner_switch_by_sample_steps"),
          Map.entry("--distilled-cfg", "distilled_cfg_scale"),
          Map.entry("--crop", "sdxl_crop_top"),
          Map.entry("--aesthetic-scores", "sdxl_refiner_high_aesthetic_score"),
          Map.entry("--clip-skip-sdxl", "sdxl_clip_l_skip"));

  /** Options without a name in JSON, with the reason. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "--get", "a request downloads nothing",
          "--lora-curve", "a tag in the prompt has a curve: <lora:ink:1@0,0.2@0.5>",
          "--dynamic", "a request is one prompt; a job of a grid has several",
          "--wildcard-dir", "a request names no folders of the server",
          "--upscaler", "extra-single-image enlarges finished images",
          "--upscale", "extra-single-image enlarges finished images");

  private static Set<String> options() {
    return CommandSpec.forAnnotatedObject(new ImageOptions()).options().stream()
        .map(option -> option.longestName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Set<String> names() {
    return Stream.concat(
            KnownFields.acting().stream(), Fields.of(Overrides.NONE.toJson()).names().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String field(String option) {
    if (option.startsWith("--detail")) {
      return "detailPasses";
    }
    return A1111S_NAMES.getOrDefault(option, option.substring(2).replace('-', '_'));
  }

  @Test
  void option_ofTheImage_hasANameInJson() {
    Set<String> names = names();
    List<String> without =
        options().stream()
            .filter(option -> !EXCEPTIONS.containsKey(option) && !names.contains(field(option)))
            .toList();
    assertThat(without).isEmpty();
  }

  @Test
  void listedOptions_exist_andNeedTheirEntry() {
    assertThat(options()).containsAll(A1111S_NAMES.keySet()).containsAll(EXCEPTIONS.keySet());
    assertThat(names())
        .doesNotContainAnyElementsOf(
            EXCEPTIONS.keySet().stream()
                .map(option -> option.substring(2).replace('-', '_'))
                .toList());
  }
}
