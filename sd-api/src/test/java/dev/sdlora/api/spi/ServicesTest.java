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
        .hasMessage("the library dev.sdlora:sd-pipeline is missing; add it as a dependency");
  }

  @Test
  void open_referenceWithoutStore_saysWhichArtifactToAdd() {
    assertThatThrownBy(() -> Checkpoint.open("hf:owner/repo"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the library dev.sdlora:sd-models is missing; add it as a dependency");
  }
}
