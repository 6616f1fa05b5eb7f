package dev.sdlora.families.checkpoint.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.families.network.ClipConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextShapesTest {
  private static final ClipConfig FULL_L =
      new ClipConfig(
          768, 12, 12, 3072, 49_408, 77, ClipConfig.Kind.OPENAI, ClipConfig.Reading.END, 0);
  private static final ClipConfig FULL_G =
      new ClipConfig(
          1280,
          32,
          20,
          5120,
          49_408,
          77,
          ClipConfig.Kind.OPEN_CLIP,
          ClipConfig.Reading.PENULTIMATE,
          1280);

  @Test
  void clip_shapesOfFullSize_areItsDimensions() {
    for (ClipConfig config : List.of(FULL_L, FULL_G)) {
      assertThat(TextShapes.clip(config.weights(), config.kind(), config.reading()))
          .isEqualTo(config);
    }
    assertThat(FULL_L.pooled()).isEqualTo(768);
    assertThat(FULL_G.pooled()).isEqualTo(1280);
  }

  @Test
  void clip_missingWeight_isNamed() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>(FULL_L.weights());
    shapes.remove("text_model.encoder.layers.0.mlp.fc1.weight");
    assertThatThrownBy(() -> TextShapes.clip(shapes, FULL_L.kind(), FULL_L.reading()))
        .hasMessage("weight 'text_model.encoder.layers.0.mlp.fc1.weight' of CLIP is missing");
  }
}
