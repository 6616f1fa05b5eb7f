package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.request.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the settings of a request are called: as in A1111's API, or shorter, as the options of the
 * command line. Manifests are written by hand, so a name that nobody knows is a mistake.
 */
final class RequestKeys {
  /** Other names of the same. */
  private static final Map<String, String> OTHER_NAMES =
      Map.ofEntries(
          Map.entry("negative", "negative_prompt"),
          Map.entry("sampler", "sampler_name"),
          Map.entry("sampler_index", "sampler_name"),
          Map.entry("schedule", "scheduler"),
          Map.entry("cfg", "cfg_scale"),
          Map.entry("strength", "denoising_strength"),
          Map.entry("init", "init_images"),
          Map.entry("loras", "lora"),
          Map.entry("trigger_words", "add_trigger_words"),
          Map.entry("variation_seed", "subseed"),
          Map.entry("variation_strength", "subseed_strength"));

  private static final Set<String> KNOWN =
      Set.of(
          ("prompt negative_prompt styles seed subseed subseed_strength seed_resize_from_w"
                  + " seed_resize_from_h sampler_name scheduler steps cfg_scale image_cfg_scale"
                  + " size width height images batch_size n_iter clip_skip rng tiling eta"
                  + " s_min_uncond s_churn s_tmin s_tmax s_noise override_settings"
                  + " refiner_checkpoint refiner_switch_at disable_extra_networks enable_hr"
                  + " denoising_strength hr_scale hr_upscaler hr_second_pass_steps hr_resize_x"
                  + " hr_resize_y hr_checkpoint_name hr_sampler_name hr_scheduler hr_prompt"
                  + " hr_negative_prompt alwayson_scripts infotext init_images mask mask_blur"
                  + " mask_blur_x mask_blur_y inpainting_fill inpaint_full_res"
                  + " inpaint_full_res_padding inpainting_mask_invert resize_mode"
                  + " initial_noise_multiplier outpainting lora checkpoint id"
                  + " restore_faces script_name lora_mode lenient"
                  + " add_trigger_words masks")
              .split(" "));

  /** What programs of A1111 send along and decides nothing here. */
  private static final Set<String> PASSED_OVER =
      Set.of(
          ("send_images save_images do_not_save_samples do_not_save_grid"
                  + " override_settings_restore_afterwards force_task_id include_init_images"
                  + " script_args mask_round firstphase_width firstphase_height"
                  + " comments")
              .split(" "));

  private RequestKeys() {}

  /**
   * The same settings under the names of A1111's API, in their order.
   *
   * @throws IllegalArgumentException if a name is not known, or a setting is there twice
   */
  static ObjectNode renamed(ObjectNode settings) {
    ObjectNode renamed = Fields.object();
    List<String> names = new ArrayList<>();
    settings.fieldNames().forEachRemaining(names::add);
    for (String written : names) {
      String name = name(written);
      if (PASSED_OVER.contains(name)) {
        continue;
      }
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "'%s' is not a setting".formatted(shown(written)) + meant(name));
      }
      if (renamed.has(name)) {
        throw new IllegalArgumentException(
            "'%s' is given twice, once as '%s'".formatted(name, shown(written)));
      }
      renamed.set(name, settings.get(written));
    }
    return renamed;
  }

  /** Options have hyphens, properties of Java capital letters. */
  private static String name(String written) {
    String name =
        written.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
    return OTHER_NAMES.getOrDefault(name, name);
  }

  private static String shown(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "…" : name;
  }

  private static String meant(String name) {
    Set<String> names = new TreeSet<>(KNOWN);
    names.addAll(OTHER_NAMES.keySet());
    return Nearest.question(shown(name), names);
  }
}
