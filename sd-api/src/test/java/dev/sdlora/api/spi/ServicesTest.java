package dev.sdlora.api.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.prompt.Prompt;
import org.junit.jupiter.api.Test;

/** Tests missing services: this module's tests run without the modules that implement them. */
final class ServicesTest {

  @Test
  void find_noImplementation_saysWhatToAdd() {
    assertThatThrownBy(() -> Prompt.parse("a cat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "nothing implements dev.sdlora.api.spi.Backend$Prompts; add the dependency"
                + " dev.sdlora:sd-pipeline");
  }

  @Test
  void open_referenceWithoutStore_saysWhichArtifactToAdd() {
    assertThatThrownBy(() -> Checkpoint.open("hf:owner/repo"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "nothing implements dev.sdlora.api.spi.Backend$Downloads; add the dependency"
                + " dev.sdlora:sd-models");
  }
}
