package dev.sdlora.families.flux1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Flux1Test {
  @ParameterizedTest
  @CsvSource({
    "flux1-dev, TEXT_TO_IMAGE, ''",
    "flux1-schnell, TEXT_TO_IMAGE, ''",
    "flux1-Kontext-dev, TEXT_TO_IMAGE, 'is FLUX.1 Kontext, an image editing model'",
    "flux1-fill-dev, INPAINTING, 'is FLUX.1 Fill, an inpainting model'",
    "flux1-canny-dev, CONTROL, 'reads a control image, like FLUX.1 Canny and Depth'"
  })
  void untrainable_saysWhatTheModelIs(String name, Checkpoint.Task task, String sentence) {
    Checkpoint checkpoint =
        new CheckpointBuilder(Path.of(name + ".safetensors"), ModelFamily.FLUX1).task(task).build();
    assertThat(new Flux1().untrainable(checkpoint).orElse("")).isEqualTo(sentence);
  }
}
