package dev.sdlora.training.slider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.option.SliderPrompts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The prompts of sliders with kept words. */
class PromptTripleTest {
  private static final SliderPrompts HOUSE =
      SliderPrompts.of("house", "house with details", "plain house");

  @Test
  void of_noKeptWords_thePromptsAsTheyAre() {
    assertThat(PromptTriple.of(HOUSE))
        .containsExactly(new PromptTriple("house", "house with details", "plain house"));
  }

  @Test
  void of_keptWords_areBeforeEachPrompt() {
    assertThat(PromptTriple.of(HOUSE.keeping(List.of("red", "blue"))))
        .containsExactly(
            new PromptTriple("red house", "red house with details", "red plain house"),
            new PromptTriple("blue house", "blue house with details", "blue plain house"));
  }

  @Test
  void of_emptyTarget_theKeptWordAlone() {
    assertThat(PromptTriple.of(SliderPrompts.of("", "old", "young").keeping(List.of("man"))))
        .containsExactly(new PromptTriple("man", "man old", "man young"));
  }

  @Test
  void of_aPlaceForKeptWords_areThere() {
    SliderPrompts prompts = SliderPrompts.of("a {}", "a large {}", "a small {}");
    assertThat(PromptTriple.of(prompts.keeping(List.of("cat"))))
        .containsExactly(new PromptTriple("a cat", "a large cat", "a small cat"));
  }
}
