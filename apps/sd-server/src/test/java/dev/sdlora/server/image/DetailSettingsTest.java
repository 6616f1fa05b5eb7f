package dev.sdlora.server.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetailSettingsTest {
  private static final List<String> HERE = List.of("middle", "face_yolov8n", "hand_a", "hand_b");

  private static ObjectNode passes(String... detectors) {
    ObjectNode fields = Fields.object();
    for (String detector : detectors) {
      fields.withArray("detailPasses").addObject().put("detector", detector).put("steps", 5);
    }
    return fields;
  }

  @Test
  void adapt_namesOfADetailer_areThoseOfThisServer() {
    ObjectNode fields = passes("face_yolov8n.pt", "MIDDLE", "face");
    assertThat(DetailSettings.adapt(fields, HERE)).isEmpty();
    assertThat(fields.get("detailPasses").findValuesAsText("detector"))
        .containsExactly("face_yolov8n", "middle", "face_yolov8n");
    assertThat(fields.at("/detailPasses/0/steps").asInt()).isEqualTo(5);
  }

  @Test
  void adapt_detectorsThatAreNotHere_areOmittedAndTold() {
    ObjectNode fields = passes("mediapipe_face_full", "middle", "hand");
    assertThat(DetailSettings.adapt(fields, HERE))
        .hasSize(2)
        .first()
        .asString()
        .contains("'mediapipe_face_full'");
    assertThat(fields.get("detailPasses").findValuesAsText("detector")).containsExactly("middle");
    ObjectNode none = passes("gone");
    assertThat(DetailSettings.adapt(none, HERE)).hasSize(1);
    assertThat(none.has("detailPasses")).isFalse();
    assertThat(DetailSettings.adapt(Fields.object(), HERE)).isEmpty();
  }
}
