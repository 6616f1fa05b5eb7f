package dev.sdlora.server.sdapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.Served;
import dev.sdlora.server.image.FixedDetector;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The detectors and scripts that clients of ADetailer's API find. */
class DetailListingsTest {

  @Test
  void detectors_areListed_objectsBeforeFiles(@TempDir Path folder) throws IOException {
    Files.createFile(folder.resolve("hand_yolov8n.onnx"));
    Files.createFile(folder.resolve("face.ONNX"));
    Files.createFile(folder.resolve("readme.txt"));
    try (Pipeline pipeline =
            Pipeline.builder()
                .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
                .detector(new FixedDetector("middle"))
                .detector(new FixedDetector("face"))
                .detectorDirectory(folder)
                .build();
        Served served = Served.of(pipeline)) {
      String names = "[\"middle\",\"face\",\"hand_yolov8n\"]";
      assertThat(served.get("/adetailer/v1/ad_model").get("ad_model")).hasToString(names);
      JsonNode model = served.get("/api/model");
      assertThat(model.get("detectors")).hasToString(names);
      assertThat(model.get("detail_orders").get(0).asText()).isEqualTo("None");
      assertThat(model.at("/detail_defaults/confidence").asDouble()).isEqualTo(0.3);
      assertThat(model.at("/detail_fields/confidence/maximum").asInt()).isEqualTo(1);
      assertThat(model.at("/fields/steps/maximum").asInt()).isEqualTo(1000);
      assertThat(served.get("/sdapi/v1/scripts").get("img2img")).hasToString("[\"adetailer\"]");
      assertThat(served.get("/sdapi/v1/script-info").findValuesAsText("name"))
          .containsExactly("adetailer", "adetailer");
    }
  }

  @Test
  void pngInfo_ofADetailer_hasThePassesWhoseDetectorsAreHere() {
    String text =
        "a face\nSteps: 5, Sampler: Euler, Seed: 1, Size: 64x64, ADetailer model: middle.pt,"
            + " ADetailer prompt: a smile, ADetailer confidence: 0.5, ADetailer dilate erode: 4,"
            + " ADetailer model 2nd: hand_yolov8n.pt, ADetailer confidence 2nd: 0.3,"
            + " ADetailer version: 25.3.0";
    byte[] image = new GeneratedImage(Image.of(64, 64, new byte[3 * 64 * 64]), 1, text).png();
    try (Pipeline pipeline =
            Pipeline.builder()
                .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
                .detector(new FixedDetector("middle"))
                .build();
        Served served = Served.of(pipeline)) {
      JsonNode told =
          Served.json(
              served.send(
                  served
                      .request("/api/png-info")
                      .header("Content-Type", "image/png")
                      .POST(BodyPublishers.ofByteArray(image))));
      assertThat(told.at("/settings/detailPasses"))
          .hasToString(
              "[{'detector':'middle','prompt':'a smile','confidence':0.5}]".replace('\'', '"'));
      assertThat(told.get("warnings"))
          .singleElement()
          .extracting(JsonNode::asText, STRING)
          .contains("'hand_yolov8n.pt'");
    }
  }

  @Test
  void withoutDetectors_listsAreEmpty_andTheSchemaIsTheSame() {
    try (Pipeline pipeline = Served.pipeline(1);
        Served served = Served.of(pipeline)) {
      assertThat(served.get("/adetailer/v1/ad_model").get("ad_model")).isEmpty();
      assertThat(served.get("/sdapi/v1/scripts").get("txt2img")).isEmpty();
      assertThat(served.get("/adetailer/v1/version").get("version").asText()).matches("[0-9.]+");
      JsonNode schema = served.get("/adetailer/v1/schema");
      assertThat(schema.at("/properties/ad_confidence/default").asDouble()).isEqualTo(0.3);
    }
  }
}
