package dev.sdlora.server.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplePromptsTest {
  @Test
  void of_wordsUnknown_areGeneral() {
    assertThat(ExamplePrompts.of(List.of()))
        .hasSize(3)
        .contains("an astronaut riding a horse, oil painting");
  }

  @Test
  void of_fewWords_haveNoOthers() {
    assertThat(ExamplePrompts.of(List.of("a", "panda", "on", "green", "background")))
        .containsExactly("a panda on a green background");
  }
}
