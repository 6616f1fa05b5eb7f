package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.testkit.TinyModels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** This test is here because it draws images: sd-api has no networks. */
class VariationGridTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(1).seed(3).images(4).build();

  @Tag("slow")
  @Test
  void draw_showsEachCellAsItIsMadeAlone() {
    try (Pipeline pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(TinyModels.CHECKPOINT))
            .loraDirectory(TinyModels.LORAS)
            .build()) {
      int arrays = pipeline.liveTensors();
      List<PromptSpec> drawn = new ArrayList<>();
      GenerationListener watcher =
          new GenerationListener() {
            @Override
            public void generationStart(PromptSpec spec) {
              drawn.add(spec);
            }
          };
      VariationGrid grid =
          VariationGrid.of(SPEC, Axis.loraStrengths("tiny_lora", 0, 0.5, 1), Axis.seeds(1, 2));
      assertThat(grid.cells()).isEqualTo(6);
      GeneratedImage sheet = grid.draw(pipeline, watcher);

      assertThat(drawn).hasSize(6).allMatch(spec -> spec.images() == 1);
      assertThat(drawn.get(4).prompt()).isEqualTo("a cat <lora:tiny_lora:0.5>");
      assertThat(drawn.get(4).seed()).hasValue(2);
      BufferedImage fifth = pipeline.generate(drawn.get(4)).first().toBufferedImage();
      assertThat(contains(sheet.toBufferedImage(), fifth)).isTrue();
      assertThat(sheet.infotext())
          .contains(
              "X Type: LoRA tiny_lora, X Values: \"0, 0.5, 1\", Y Type: Seed, Y Values: \"1, 2\"");
      assertThat(PromptSpec.fromInfotext(sheet.infotext()).prompt())
          .isEqualTo("a cat <lora:tiny_lora:0>");

      // A failed request leaves nothing behind, and its error is the grid's.
      assertThatThrownBy(() -> VariationGrid.of(SPEC, Axis.loraStrengths("none", 1)).draw(pipeline))
          .hasMessageContaining("none");
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  private static boolean contains(BufferedImage sheet, BufferedImage picture) {
    for (int top = 0; top <= sheet.getHeight() - picture.getHeight(); top++) {
      for (int left = 0; left <= sheet.getWidth() - picture.getWidth(); left++) {
        if (isAt(sheet, picture, left, top)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isAt(BufferedImage sheet, BufferedImage picture, int left, int top) {
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        if (sheet.getRGB(left + x, top + y) != picture.getRGB(x, y)) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void of_valuesThatCannotBeSet_failsBeforeAnythingIsDrawn() {
    assertThatThrownBy(() -> VariationGrid.of(SPEC, Axis.steps(5, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps");
  }
}
