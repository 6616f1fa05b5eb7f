package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.PromptSyntaxException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptReaderTest {
  private static final PromptOptions STYLED =
      PromptOptions.DEFAULTS.withStyles(
          List.of(
              new Style("ink", "ink of {prompt}, {prompt}", ""),
              new Style("more", " <lora:x:1> # note", "blurry")));

  private static PromptReader reader(PromptOptions options) {
    return new PromptReader(options, name -> false);
  }

  @Test
  void prompt_styles_areMergedBeforeTagsAreCut() {
    assertThat(reader(STYLED).prompt("a cat").text())
        .isEqualTo("ink of a cat, a cat, <lora:x:1> # note".replace("<lora:x:1> # note", " "));
    assertThat(reader(STYLED).negativePrompt(" ugly ").text()).isEqualTo("ugly, blurry");
    assertThat(reader(STYLED).negativePrompt("").text()).isEqualTo("blurry");
  }

  @Test
  void negativePrompt_exactA1111_keepsTagsAsText() {
    assertThat(reader(PromptOptions.DEFAULTS).negativePrompt("a <lora:x:1>#b").text())
        .isEqualTo("a ");
    assertThat(reader(PromptOptions.EXACT_A1111).negativePrompt("a <lora:x:1>#b").text())
        .isEqualTo("a <lora:x:1>");
  }

  @Test
  void prompt_strict_refusesMistakes() {
    PromptOptions strict = PromptOptions.DEFAULTS.withMode(PromptMode.STRICT);

    assertThatThrownBy(() -> reader(strict).prompt("(a")).isInstanceOf(PromptSyntaxException.class);
    assertThat(reader(PromptOptions.DEFAULTS).prompt("(a").text()).isEqualTo("(a");
  }
}
