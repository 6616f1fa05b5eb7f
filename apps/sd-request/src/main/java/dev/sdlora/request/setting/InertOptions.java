package dev.sdlora.request.setting;

import java.util.Set;

/** Options of A1111 1.10 and of ADetailer that do not affect images or have no meaning here. */
public final class InertOptions {
  /** The names. */
  public static final Set<String> NAMES =
      Set.of(
          """
          samples_save samples_format samples_filename_pattern save_images_add_number
          save_images_replace_action grid_save grid_format grid_extended_filename
          grid_only_if_multiple grid_prevent_empty_spots grid_zip_filename_pattern n_rows font
          grid_text_active_color grid_text_inactive_color grid_background_color enable_pnginfo
          save_txt save_images_before_face_restoration save_images_before_highres_fix
          save_images_before_color_correction save_mask save_mask_composite jpeg_quality
          webp_lossless export_for_4chan img_downscale_threshold target_side_length
          img_max_size_mp use_original_name_batch use_upscaler_name_as_suffix save_selected_only
          save_write_log_csv save_init_img temp_dir clean_temp_dir_at_start
          save_incomplete_images notification_audio notification_volume outdir_samples
          outdir_txt2img_samples outdir_img2img_samples outdir_extras_samples outdir_grids
          outdir_txt2img_grids outdir_img2img_grids outdir_save outdir_init_images save_to_dirs
          grid_save_to_dirs use_save_to_dirs_for_ui directories_filename_pattern
          directories_max_prompt_words ESRGAN_tile ESRGAN_tile_overlap realesrgan_enabled_models
          dat_enabled_models DAT_tile DAT_tile_overlap set_scale_by_when_changing_upscaler
          face_restoration_model code_former_weight face_restoration_unload auto_launch_browser
          enable_console_prompts show_warnings show_gradio_deprecation_warnings memmon_poll_rate
          samples_log_stdout multiple_tqdm enable_upscale_progressbar print_hypernet_extra
          list_hidden_files disable_mmap_load_safetensors hide_ldm_prints
          dump_stacks_on_signal profiling_enable profiling_activities profiling_record_shapes
          profiling_profile_memory profiling_with_stack profiling_filename api_enable_requests
          api_forbid_local_requests api_useragent unload_models_when_training pin_memory
          save_optimizer_state save_training_settings_to_txt dataset_filename_word_regex
          dataset_filename_join_string training_image_repeats_per_epoch training_write_csv_every
          training_xattention_optimizations training_enable_tensorboard
          training_tensorboard_save_images training_tensorboard_flush_every
          sd_checkpoints_limit sd_checkpoints_keep_in_cpu sd_checkpoint_cache sd_unet
          sd_checkpoint_hash enable_batch_seeds upcast_attn enable_prompt_comments
          sd_vae_explanation sd_vae_checkpoint_cache sd_vae_overrides_per_model_preferences
          auto_vae_precision_bfloat16 auto_vae_precision img2img_editor_height
          img2img_sketch_default_brush_color img2img_inpaint_mask_brush_color
          img2img_inpaint_sketch_default_brush_color return_mask return_mask_composite
          img2img_batch_show_results_limit overlay_inpaint cross_attention_optimization
          persistent_cond_cache batch_cond_uncond cache_fp16_weight auto_backcompat
          interrogate_keep_models_in_memory interrogate_return_ranks interrogate_clip_num_beams
          interrogate_clip_min_length interrogate_clip_max_length interrogate_clip_dict_limit
          interrogate_clip_skip_categories interrogate_deepbooru_score_threshold
          deepbooru_sort_alpha deepbooru_use_spaces deepbooru_escape deepbooru_filter_tags
          extra_networks_show_hidden_directories extra_networks_dir_button_function
          extra_networks_hidden_models extra_networks_card_width extra_networks_card_height
          extra_networks_card_text_scale extra_networks_card_show_desc
          extra_networks_card_description_is_html extra_networks_card_order_field
          extra_networks_card_order extra_networks_tree_view_style
          extra_networks_tree_view_default_enabled extra_networks_tree_view_default_width
          extra_networks_add_text_separator ui_extra_networks_tab_reorder
          textual_inversion_print_at_load textual_inversion_add_hashes_to_infotext
          keyedit_precision_attention keyedit_precision_extra keyedit_delimiters
          keyedit_delimiters_whitespace keyedit_move disable_token_counters
          include_styles_into_token_counters return_grid do_not_show_images js_modal_lightbox
          js_modal_lightbox_initially_zoomed js_modal_lightbox_gamepad
          js_modal_lightbox_gamepad_repeat sd_webui_modal_lightbox_icon_opacity
          sd_webui_modal_lightbox_toolbar_opacity gallery_height open_dir_button_choice
          compact_prompt_box samplers_in_dropdown dimensions_and_batch_together
          sd_checkpoint_dropdown_use_short hires_fix_show_sampler hires_fix_show_prompts
          txt2img_settings_accordion img2img_settings_accordion interrupt_after_current
          localization quicksettings_list ui_tab_order hidden_tabs ui_reorder_list gradio_theme
          gradio_themes_cache show_progress_in_title send_seed send_size
          enable_reloading_ui_scripts infotext_explanation
          add_model_hash_to_info add_model_name_to_info add_vae_hash_to_info add_vae_name_to_info
          add_user_name_to_info add_version_to_infotext disable_weights_auto_swap
          infotext_skip_pasting infotext_styles show_progressbar live_previews_enable
          live_previews_image_format show_progress_grid show_progress_every_n_steps
          show_progress_type live_preview_allow_lowvram_full live_preview_content
          live_preview_refresh_period live_preview_fast_interrupt js_live_preview_in_modal_lightbox
          prevent_screen_sleep_during_generation hide_samplers
          postprocessing_enable_in_main_ui postprocessing_disable_in_extras
          postprocessing_operation_order upscaling_max_images_in_cache
          postprocessing_existing_caption_action disabled_extensions disable_all_extensions
          restore_config_state_file control_net_unit_count lora_functional
          sd_lora lora_preferred_name lora_add_hashes_to_infotext lora_show_all
          lora_hide_unknown_for_versions lora_in_memory_limit lora_not_found_warning_console
          lora_not_found_gradio_warning filter_nsfw ad_max_models ad_extra_models_dir
          ad_save_images_dir ad_save_previews ad_save_images_before ad_script_names
          """
              .strip()
              .split("\\s+"));

  private InertOptions() {}
}
