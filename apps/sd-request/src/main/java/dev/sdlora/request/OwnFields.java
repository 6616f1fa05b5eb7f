package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fields that A1111 does not have, named as in {@link PromptSpec}. */
final class OwnFields {
  private static final String NUMBER = "\\s*([0-9]*\\.?[0-9]+)\\s*";
  private static final Pattern RECTANGLE =
      Pattern.compile(NUMBER + "," + NUMBER + "," + NUMBER + "," + NUMBER);

  private final RequestContext offer;
  private final RequestImages images;

  OwnFields(RequestContext offer, RequestImages images) {
    this.offer = offer;
    this.images = images;
  }

  void read(Fields fields, PromptSpec.Builder spec) {
    fields.name("lora_mode").map(OwnFields::loraMode).ifPresent(spec::loraMode);
    if (fields.has("lenient")) {
      spec.lenient(fields.flag("lenient", false));
    }
    if (fields.has("add_trigger_words")) {
      spec.addTriggerWords(fields.flag("add_trigger_words", false));
    }
    Fields masks = fields.object("masks");
    Fields.requireFew("masks", masks.names().size(), "masks", offer.limits().masks());
    for (String name : masks.names()) {
      masks.ifName(name, text -> spec.mask(name, mask(name, text)));
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

  private static LoraMode loraMode(String name) {
    return Arrays.stream(LoraMode.values())
        .filter(mode -> mode.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "field 'lora_mode' must be auto, patched or overlay: '%s'".formatted(name)));
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

  /** Writes all of these fields except masks and reference images. */
  static void write(PromptSpec spec, ObjectNode fields) {
    spec.loraMode()
        .ifPresent(mode -> fields.put("lora_mode", mode.name().toLowerCase(Locale.ROOT)));
    spec.lenient().ifPresent(lenient -> fields.put("lenient", lenient));
    if (spec.addTriggerWords()) {
      fields.put("add_trigger_words", true);
    }
  }
}
