package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import org.junit.jupiter.api.Test;

class VisibleMessagesTest {
  private static final String NAME = "x\n2026-01-01 INFO forged\r\u001b[31m\u2028";
  private static final String SHOWN = "x\\u000a2026-01-01 INFO forged\\u000d\\u001b[31m\\u2028";

  @Test
  void message_ofAName_staysOneLine() {
    assertThat(new StableDiffusionException(NAME)).hasMessage(SHOWN);
    assertThat(new LoraException(NAME, LoraException.Reason.UNKNOWN)).hasMessage(SHOWN);
    assertThat(new StableDiffusionException("x").withMessage(NAME)).hasMessage(SHOWN);
    assertThat(new PromptSyntaxException(NAME, 0)).hasMessage(SHOWN);
  }

  @Test
  void message_withALineOfThePrompt_hasThatLineBelow() {
    PromptSyntaxException error = PromptSyntaxException.in("a (b", "a\nb", 2);
    assertThat(error).hasMessage("a\\u000ab\n  a (b\n    ^");
    assertThat(error.withMessage(String.valueOf(error.getMessage())))
        .hasMessage(error.getMessage());
  }
}
