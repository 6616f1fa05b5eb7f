package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import java.util.List;
import java.util.Set;

/** The settings of images that have no argument of their own: all rows of settings but a few. */
final class OtherSettings {
  /** Settings with an argument, and the number of images, of which each call draws one. */
  private static final Set<String> ELSEWHERE =
      Set.of("prompt", "negative_prompt", "width", "steps", "seed", "cfg_scale", "n_iter");

  private static final List<String> NAMES =
      FieldSchemas.ofEveryRequest().stream().filter(name -> !ELSEWHERE.contains(name)).toList();

  private OtherSettings() {}

  /** Returns the JSON schemas of the settings by name. */
  static ObjectNode schemas() {
    ObjectNode schemas = Fields.object();
    NAMES.forEach(name -> schemas.set(name, FieldSchemas.of(name).orElseThrow()));
    return schemas;
  }

  /**
   * Replaces the argument {@code settings} by fields and options of a request.
   *
   * @throws FieldException if the name of a setting is unknown
   */
  static void spread(Fields arguments) {
    ObjectNode fields = arguments.node();
    Fields settings = arguments.object("settings");
    fields.remove("settings");
    for (String name : settings.names()) {
      if (!NAMES.contains(name)) {
        throw new FieldException("settings", KnownFields.unknown("setting", name, NAMES));
      }
      ObjectNode target =
          KnownFields.acting().contains(name) ? fields : fields.withObject("override_settings");
      target.set(name, settings.node().get(name));
    }
  }
}
