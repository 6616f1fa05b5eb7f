package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import java.util.Map;

/**
 * The complete JSON form of a request: every setting that is not the default, under its name in the
 * API, as in {@code {"version":1,"prompt":"a cat","hiresFix":{"scale":2.0}}}. Any request can be
 * written, and is read back equal.
 */
public final class SpecJson {
  /** The version of the form. It changes if what was written before cannot be read any more. */
  public static final int VERSION = 1;

  /** The name of the version; what has none is no request in this form. */
  public static final String VERSION_NAME = "version";

  private SpecJson() {}

  /**
   * Writes a request.
   *
   * @param spec the request
   * @param attachments converts images, files and LoRAs, such as {@link SpecFiles}
   */
  public static ObjectNode write(PromptSpec spec, Attachments attachments) {
    ObjectNode json = Fields.object().put(VERSION_NAME, VERSION);
    Settings.SPEC
        .write(spec, attachments)
        .forEach((name, value) -> json.set(name, Fields.node(value)));
    return json;
  }

  /**
   * Reads a request.
   *
   * @param json what {@link #write} returned
   * @param attachments converts images, files and LoRAs
   * @throws IllegalArgumentException if the version is another one, a name is unknown, or a value
   *     is invalid; the message begins with the path of the setting, such as {@code hiresFix.scale}
   * @throws dev.sdlora.api.error.StableDiffusionException if an image or a LoRA cannot be used
   */
  public static PromptSpec read(ObjectNode json, Attachments attachments) {
    Map<String, Object> plain = Fields.plain(json);
    Object version = plain.remove(VERSION_NAME);
    if (!Integer.valueOf(VERSION).equals(version)) {
      throw new IllegalArgumentException(
          "version must be %s, which this program reads: %s".formatted(VERSION, version));
    }
    try {
      return Settings.SPEC.read(plain, attachments);
    } catch (IllegalStateException e) { // Settings exclude each other.
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads a request with the images and files of a server, within its limits.
   *
   * @param json what {@link #write} returned
   * @param context finds images, files and LoRAs
   * @throws IllegalArgumentException as {@link #read(ObjectNode, Attachments)}, or if the request
   *     exceeds a limit
   * @throws dev.sdlora.api.error.ResourceException if one image or all together have too many
   *     pixels or bytes
   * @throws dev.sdlora.api.error.StableDiffusionException if an image or a LoRA cannot be used
   */
  public static PromptSpec read(ObjectNode json, RequestContext context) {
    RequestLimits limits = context.limits();
    StoredRequest.requireShort(Fields.of(json), limits.text());
    int units = limits.controlUnits();
    requireFew(json, "masks", limits.masks());
    requireFew(json, "controlUnits", units);
    requireFew(json, "imagePrompts", units);
    requireFew(json, "detailPasses", units);
    PromptSpec spec = read(json, SpecFiles.stored(context));
    if (spec.images() > limits.images()) {
      throw new IllegalArgumentException(
          "images must be from 1 to %s here: %s".formatted(limits.images(), spec.images()));
    }
    new DrawingReader(context).requirePixels(spec);
    return spec;
  }

  private static void requireFew(ObjectNode json, String name, int most) {
    int found = json.path(name).size();
    if (found > most) {
      throw new IllegalArgumentException(
          "%s must have at most %s elements: %s".formatted(name, most, found));
    }
  }
}
