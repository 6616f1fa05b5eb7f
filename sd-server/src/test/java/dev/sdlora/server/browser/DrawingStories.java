package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** From a prompt to a picture. */
interface DrawingStories {

  @Test
  default void prompt_generate_showsThePictureWithItsSettings(Studio studio) {
    studio.open().prompt("a blue heart <lora:ink_lines:0.8>").steps(3).generate();
    assertThat(studio.picture()).isVisible();
    assertThat(studio.settings()).contains("Lora hashes: \"ink_lines");
    assertThat(studio.page()).hasURL(Pattern.compile("ink_lines"));
    studio.photograph("picture");
  }

  @Test
  default void keyboardAlone_promptAndCtrlEnter_draws(Studio studio) {
    Page page = studio.open().page();
    Locator prompt = studio.field("Prompt");
    for (int i = 0; i < 30 && !studio.hasFocus(prompt); i++) {
      page.keyboard().press("Tab");
    }
    page.keyboard().type("a red star");
    Locator steps = studio.field("Sampling steps");
    for (int i = 0; i < 30 && !studio.hasFocus(steps); i++) {
      page.keyboard().press("Tab");
    }
    page.keyboard().press("Control+A");
    page.keyboard().type("2");
    page.keyboard().press("Control+Enter");
    assertThat(studio.picture()).isVisible();
    assertThat(studio.settings()).contains("a red star", "Steps: 2,");
  }

  @Test
  default void unknownLora_isTold(Studio studio) {
    studio.open().prompt("a star <lora:nothing_like_it:1>").generate();
    assertThat(
            studio
                .page()
                .locator("sd-job-view .error")
                .filter(new Locator.FilterOptions().setHasText("nothing_like_it")))
        .isVisible();
  }
}
