package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSyntaxException;
import dev.sdlora.api.Style;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptReaderTest {
  private static final PromptOptions STYLED =
      PromptOptions.DEFAULTS.withStyles(
          List.of(
              new Style("ink", "ink of {prompt}, {prompt}", ""),
              new Style("more", " <lora:x:1> # note", "blurry")));

  @Test
  void prompt_styles_areMergedBeforeTagsAreCut() {
    assertThat(PromptReader.prompt("a cat", STYLED).text())
        .isEqualTo("ink of a cat, a cat, <lora:x:1> # note".replace("<lora:x:1> # note", " "));
    assertThat(PromptReader.negativePrompt(" ugly ", STYLED).text()).isEqualTo("ugly, blurry");
    assertThat(PromptReader.negativePrompt("", STYLED).text()).isEqualTo("blurry");
  }

  @Test
  void negativePrompt_exactA1111_keepsTagsAsText() {
    assertThat(PromptReader.negativePrompt("a <lora:x:1>#b", PromptOptions.DEFAULTS).text())
        .isEqualTo("a ");
    assertThat(PromptReader.negativePrompt("a <lora:x:1>#b", PromptOptions.EXACT_A1111).text())
        .isEqualTo("a <lora:x:1>");
  }

  @Test
  void prompt_strict_refusesMistakes() {
    PromptOptions strict = PromptOptions.DEFAULTS.withMode(PromptMode.STRICT);

    assertThatThrownBy(() -> PromptReader.prompt("(a", strict))
        .isInstanceOf(PromptSyntaxException.class);
    assertThat(PromptReader.prompt("(a", PromptOptions.DEFAULTS).text()).isEqualTo("(a");
  }
}
