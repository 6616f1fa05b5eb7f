package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The detail passes in the settings of an image, adapted to the detectors of this server. */
final class DetailSettings {
  private static final String PASSES = "detailPasses";
  private static final String DETECTOR = "detector";

  private DetailSettings() {}

  /**
   * Replaces the names of detectors by those they have here, and removes passes whose detector is
   * not here.
   *
   * @param fields the fields of a request
   * @param detectors the names of the detectors that are here
   * @return a warning for each removed pass
   */
  static List<String> adapt(ObjectNode fields, List<String> detectors) {
    List<String> warnings = new ArrayList<>();
    if (!(fields.get(PASSES) instanceof ArrayNode passes)) {
      return warnings;
    }
    for (Iterator<JsonNode> each = passes.iterator(); each.hasNext(); ) {
      ObjectNode pass = (ObjectNode) each.next();
      String name = pass.path(DETECTOR).asText();
      Optional<String> here = find(name, detectors);
      if (here.isPresent()) {
        pass.put(DETECTOR, here.get());
      } else {
        each.remove();
        warnings.add(
            "the image was made with the detector '%s', which this server does not have, so this detail pass is omitted"
                .formatted(name));
      }
    }
    if (passes.isEmpty()) {
      fields.remove(PASSES);
    }
    return warnings;
  }

  /** Finds a name without regard to the ending of the file; ADetailer's files end with .pt. */
  private static Optional<String> find(String name, List<String> detectors) {
    String stem = stem(name);
    Optional<String> same =
        detectors.stream().filter(detector -> stem(detector).equals(stem)).findFirst();
    List<String> longer =
        detectors.stream().filter(detector -> stem(detector).startsWith(stem)).toList();
    return same.isPresent() || longer.size() != 1 ? same : Optional.of(longer.get(0));
  }

  private static String stem(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.(pt|onnx)$", "");
  }
}
