package dev.sdlora.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.OwnSettings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fields that A1111 does not have: {@link OwnSettings}, masks and reference images. */
final class OwnFields {
  private static final String NUMBER = "\\s*([0-9]*\\.?[0-9]+)\\s*";
  private static final Pattern RECTANGLE =
      Pattern.compile(NUMBER + "," + NUMBER + "," + NUMBER + "," + NUMBER);

  private final RequestContext context;
  private final RequestImages images;

  OwnFields(RequestContext context, RequestImages images) {
    this.context = context;
    this.images = images;
  }

  void read(Fields fields, PromptSpec.Builder spec) {
    OwnSettings.read(fields, spec);
    Fields masks = fields.object("masks");
    Fields.requireFew("masks", masks.names().size(), "masks", context.limits().masks());
    fields.ifWhole("region_blur", RegionMask.rectangle(0, 0, 1, 1)::withBlur);
    for (String name : masks.names()) {
      masks.ifName(name, text -> spec.mask(name, blurred(mask(name, text), fields)));
    }
    fields.set("reference_images", () -> references(fields, spec));
  }

  /**
   * Reads the images in the order in which prompts name them; the first one beyond the limit fails.
   */
  private void references(Fields fields, PromptSpec.Builder spec) {
    for (String text : fields.texts("reference_images")) {
      spec.referenceImage(images.image("reference_images", text));
    }
  }

  private static RegionMask blurred(RegionMask mask, Fields fields) {
    return fields.has("region_blur")
        ? mask.withBlur(fields.whole("region_blur", mask.blur()))
        : mask;
  }

  /**
   * Reads a mask: an image that is white inside the region, or the edges of a rectangle as
   * fractions of the sides.
   */
  private RegionMask mask(String name, String text) {
    Matcher edges = RECTANGLE.matcher(text);
    if (edges.matches()) {
      return RegionMask.rectangle(
          Double.parseDouble(edges.group(1)),
          Double.parseDouble(edges.group(2)),
          Double.parseDouble(edges.group(3)),
          Double.parseDouble(edges.group(4)));
    }
    return RegionMask.of(images.image("masks." + name, text));
  }
}
