package dev.sdlora.request;

import java.util.Set;

/** Where fields differ from the rows of settings, from which all other fields are made. */
final class FieldsByHand {
  /** The fields that {@link DrawingReader} and {@link ImageToImageFields} read one by one. */
  static final Set<String> NAMES =
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

  private FieldsByHand() {}
}
