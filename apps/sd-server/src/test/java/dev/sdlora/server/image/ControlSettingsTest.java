package dev.sdlora.server.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlSettingsTest {
  private static JsonNode units(String text) {
    return ControlSettings.units(Map.of("ControlNet 0", text), Set.of("edges"));
  }

  @Test
  void units_ofA1111_becomeFields() {
    JsonNode unit =
        units(
                "Module: invert (from white bg & black line), Model: edges [d14c016b], Weight: 0.5,"
                    + " Resize Mode: Crop and Resize, Processor Res: 768, Threshold A: 100.0,"
                    + " Guidance Start: 0.0, Guidance End: 0.6, Pixel Perfect: True, Control Mode:"
                    + " ControlNet is more important")
            .get(0);
    assertThat(unit.toString())
        .isEqualTo(
            "{'enabled':false,'image':null,'model':'edges','module':'invert','weight':0.5,'guidance_start':0.0,'guidance_end':0.6,'processor_res':768.0,'threshold_a':100.0,'pixel_perfect':true,'control_mode':'ControlNet is more important','resize_mode':'Crop and resize'}"
                .replace('\'', '"'));
    assertThat(units("Module: canny, Model: edges").get(0).get("weight").asInt()).isEqualTo(1);
    assertThat(
            units("Module: none, Model: edges, Union Control Type: Hard Edge")
                .get(0)
                .get("union_control_type")
                .asText())
        .isEqualTo("Hard Edge");
  }

  @Test
  void units_ofImagePrompts_becomeFields() {
    assertThat(
            units(
                    "Module: ip-adapter_clip_sdxl_plus_vith, Model: edges, Weight: 0.5, Guidance"
                        + " End: 0.8, Control Mode: Balanced, Weight Type: style transfer, Embeds Scaling: K+V w/ C"
                        + " penalty")
                .get(0)
                .toString())
        .isEqualTo(
            "{'enabled':false,'image':null,'model':'edges','module':'ip-adapter-auto','weight':0.5,'guidance_start':0,'guidance_end':0.8,'weight_type':'style transfer','embeds_scaling':'K+V w/ C penalty'}"
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Module: canny, Model: elsewhere",
        "Module: depth_midas, Model: edges",
        "Module: canny, Model: edges, Weight: heavy",
        "Module: canny, Model: edges, Resize Mode: Bend",
        "",
        ":::",
      })
  void units_unknown_areOmitted(String text) {
    assertThat(units(text)).isEmpty();
  }
}
