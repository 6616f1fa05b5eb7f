package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of settings: those of A1111's API, and shorter ones as in the options of the command
 * line. Manifests are written by hand, so an unknown name is an error.
 */
final class RequestKeys {
  /** Alternative names. */
  private static final Map<String, String> OTHER_NAMES =
      Map.ofEntries(
          Map.entry("negative", "negative_prompt"),
          Map.entry("sampler", "sampler_name"),
          Map.entry("sampler_index", "sampler_name"),
          Map.entry("schedule", "scheduler"),
          Map.entry("cfg", "cfg_scale"),
          Map.entry("strength", "denoising_strength"),
          Map.entry("init", "init_images"),
          Map.entry("reference", "reference_images"),
          Map.entry("references", "reference_images"),
          Map.entry("loras", "lora"),
          Map.entry("detail_passes", "detailPasses"),
          Map.entry("trigger_words", "add_trigger_words"),
          Map.entry("variation_seed", "subseed"),
          Map.entry("variation_strength", "subseed_strength"));

  /** Names that A1111's API does not have. */
  private static final Set<String> OWN =
      Set.of("size", "images", "clip_skip", "rng", "checkpoint", "id");

  private static final Set<String> KNOWN = known();

  private RequestKeys() {}

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(KnownFields.acting());
    known.addAll(OWN);
    return known;
  }

  /**
   * Returns the settings with the names of A1111's API, in the same order.
   *
   * @throws IllegalArgumentException if a name is unknown, or a setting is given twice
   */
  static ObjectNode renamed(ObjectNode settings) {
    ObjectNode renamed = Fields.object();
    List<String> names = new ArrayList<>();
    settings.fieldNames().forEachRemaining(names::add);
    for (String written : names) {
      String name = name(written);
      if (KnownFields.withoutEffect().contains(name)) {
        continue;
      }
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "unknown setting '%s'".formatted(shown(written)) + meant(name));
      }
      if (renamed.has(name)) {
        throw new IllegalArgumentException(
            "'%s' is given twice, once as '%s'".formatted(name, shown(written)));
      }
      renamed.set(name, settings.get(written));
    }
    return renamed;
  }

  /** Converts hyphens, as in options, and camel case, as in Java. */
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
