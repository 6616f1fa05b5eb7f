package dev.sdlora.request;

import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.json.Fields;
import java.util.Locale;
import java.util.Set;

/** The units of A1111's ControlNet extension whose model is an IP-Adapter. */
final class ImagePromptUnits {
  /**
   * Modules by which the extension encodes images for IP-Adapters; the adapter determines which.
   */
  private static final String MODULES = "ip-adapter";

  private static final Set<String> OWN =
      Set.of("effective_region_mask", "weight_type", "embeds_scaling");

  private ImagePromptUnits() {}

  /** Whether the module of a unit is one of those for IP-Adapters. */
  static boolean isOne(Fields unit) {
    return unit.name("module")
        .map(name -> name.toLowerCase(Locale.ROOT).startsWith(MODULES))
        .orElse(false);
  }

  /** Whether a field means something only in such units. */
  static boolean reads(String field) {
    return OWN.contains(field);
  }

  static ImagePrompt read(Fields unit, RequestContext context, RequestImages images) {
    ImagePrompt prompt =
        ImagePrompt.of(
                context.controlNet(unit.name("model").orElse("None")),
                ControlUnits.image(unit, images))
            .withWeight(unit.number("weight").orElse(1))
            .withRange(
                unit.number("guidance_start").orElse(0), unit.number("guidance_end").orElse(1));
    ImagePrompt typed =
        unit.name("weight_type")
            .map(ImagePrompt.WeightType::parse)
            .map(prompt::withWeightType)
            .orElse(prompt);
    ImagePrompt scaled =
        unit.name("embeds_scaling")
            .map(ImagePrompt.EmbedsScaling::parse)
            .map(typed::withEmbedsScaling)
            .orElse(typed);
    return unit.name("effective_region_mask")
        .map(mask -> RegionMask.of(images.image("effective_region_mask", mask)).withBlur(0))
        .map(scaled::withMask)
        .orElse(scaled);
  }
}
