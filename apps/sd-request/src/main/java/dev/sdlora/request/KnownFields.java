package dev.sdlora.request;

import dev.sdlora.api.value.Nearest;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the fields of a request. */
public final class KnownFields {
  private static final Set<String> OF_READERS =
      names(
          """
          prompt negative_prompt styles disable_extra_networks infotext checkpoint
          seed subseed subseed_strength seed_resize_from_w seed_resize_from_h
          sampler_name sampler_index scheduler steps few_steps cfg_scale image_cfg_scale
          width height batch_size n_iter tiling restore_faces
          eta s_min_uncond s_churn s_tmin s_tmax s_noise
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
          outpainting lora masks region_blur reference_images detailPasses
          """);

  private static final Set<String> ACTING =
      Stream.concat(OF_READERS.stream(), OwnSettings.ALL.stream().map(Option::name))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> WITHOUT_EFFECT =
      names(
          """
          send_images save_images do_not_save_samples do_not_save_grid force_task_id
          override_settings_restore_afterwards include_init_images comments
          """);

  private KnownFields() {}

  private static Set<String> names(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  /** Returns the fields that {@link DrawingReader} reads. */
  public static Set<String> acting() {
    return ACTING;
  }

  /** Returns the fields that A1111's clients send but that do not affect the images. */
  public static Set<String> withoutEffect() {
    return WITHOUT_EFFECT;
  }

  /** Warns of unknown fields. */
  static void check(Fields fields) {
    fields.names().stream()
        .filter(name -> !ACTING.contains(name) && !WITHOUT_EFFECT.contains(name))
        .filter(fields::has)
        .forEach(name -> fields.warn(unknown("field", name, ACTING)));
  }

  /**
   * Formats a warning for an unknown name, with a similar known one.
   *
   * @param what the kind of name, such as "field" or "option"
   * @param name as the client wrote it; long names are shortened
   * @param known the known names
   */
  public static String unknown(String what, String name, Collection<String> known) {
    String shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
    return "unknown %s '%s'".formatted(what, shown) + Nearest.question(shown, known);
  }

  /** Returns all known fields, with and without effect. */
  public static List<String> all() {
    return Stream.concat(ACTING.stream(), WITHOUT_EFFECT.stream()).sorted().toList();
  }
}
