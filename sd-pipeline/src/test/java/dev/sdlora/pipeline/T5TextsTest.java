package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import org.junit.jupiter.api.Test;

class T5TextsTest {
  @Test
  void encode_weightsAndBreak_areShown() {
    Encoded text = T5Texts.encode("the (cat:1.5) BREAK dog", 16, PromptLimits.DEFAULTS);
    assertThat(text.attention()).contains(new Piece("cat", 1.5));
    assertThat(text.chunks()).hasSize(2);
    assertThat(text.chunks().get(0))
        .containsExactly(
            new Token(8, " the", 1), new Token(1712, " cat", 1.5), new Token(1, "</s>", 1));
    assertThat(text.chunks().get(1))
        .containsExactly(new Token(1782, " dog", 1), new Token(1, "</s>", 1));
  }
}
