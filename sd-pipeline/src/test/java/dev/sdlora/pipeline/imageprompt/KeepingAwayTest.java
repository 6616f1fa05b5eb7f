package dev.sdlora.pipeline.imageprompt;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.denoise.NoisePredictor.Row;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeepingAwayTest {
  private static final String NEAR = "down_blocks.0.attentions.0.transformer_blocks.0.attn2";
  private static final String AWAY = "down_blocks.0.attentions.1.transformer_blocks.0.attn2";

  @Test
  void layerThatKeepsAway_negativeRowReadsTheImageAndOthersReadZeros() {
    Map<String, float[]> read = new HashMap<>();
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope();
        ImagePrompts prompts = new ImagePrompts(1, torch.scope())) {
      prompts.add(
          ImagePrompt.of(Path.of("a"), Image.of(1, 1, new byte[3])),
          new ImagePrompts.Layers(
              List.of(NEAR, AWAY), new double[] {1, 1}, new boolean[] {false, true}),
          numbers(prompts, 1, 2, 3, 4),
          numbers(prompts, -1, -2, -3, -4));
      Conditioning text = new Conditioning(new float[1], 1, 1);
      prompts
          .over(
              (batch, into) -> {
                batch.added().images().tensors().forEach((n, t) -> read.put(n, t.toFloatArray()));
                return batch.latents();
              },
              RegionFrame.whole(new ImageSize(8, 8)))
          .predict(
              new Batch(
                  0,
                  1,
                  List.of(new Row(0, text, true, false), new Row(0, text, false, false)),
                  Torch.floats(scope, new float[2], 2, 1, 1, 1),
                  Torch.floats(scope, new float[2], 2),
                  Torch.floats(scope, new float[2], 2, 1, 1),
                  AddedConditions.none(2, scope),
                  List.of()),
              scope);
    }
    assertThat(read.get(NEAR + ".image_keys.0")).containsExactly(-1, 1);
    assertThat(read.get(NEAR + ".image_values.0")).containsExactly(-2, 2);
    assertThat(read.get(AWAY + ".image_keys.0")).containsExactly(3, 0);
    assertThat(read.get(AWAY + ".image_values.0")).containsExactly(4, 0);
  }

  private static List<NDArray> numbers(ImagePrompts prompts, float... values) {
    return Stream.iterate(0, i -> i < values.length, i -> i + 1)
        .map(i -> Torch.floats(prompts.memory(), new float[] {values[i]}, 1, 1, 1))
        .toList();
  }
}
