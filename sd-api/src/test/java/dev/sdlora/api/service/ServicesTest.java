package dev.sdlora.api.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Prompt;
import org.junit.jupiter.api.Test;

/** This module's tests run without the module that implements it. */
final class ServicesTest {

  @Test
  void find_noImplementation_saysWhatToAdd() {
    assertThatThrownBy(() -> Prompt.parse("a cat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "nothing implements dev.sdlora.api.Backend$Prompts; add the dependency"
                + " dev.sdlora:sd-pipeline");
  }

  @Test
  void open_referenceWithoutStore_saysWhichArtifactToAdd() {
    assertThatThrownBy(() -> Checkpoint.open("hf:owner/repo"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "nothing implements dev.sdlora.api.Backend$Downloads; add the dependency"
                + " dev.sdlora:sd-models");
  }
}
