package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Finding LoRAs and adding them to the prompt with a click. */
interface LoraStories {
  int MANY = 5000;

  /** More cards than are ever in view. */
  int MOST_CARDS = 150;

  @Test
  default void emptyPage_loraChosenInItsTab_isInPromptAndPicture(Studio studio) {
    Page page = studio.forgetEnded().open().prompt("a penguin on an orange background").page();
    studio.field("CFG Scale").fill("4");
    studio.field("Seed").fill("42");
    studio.tab("LoRA").click();
    assertThat(studio.card("ink_lines")).containsText("Black ink over the drawing");
    studio.card("ink_lines").click();
    assertThat(studio.field("Prompt")).hasValue(Pattern.compile("<lora:ink_lines:0\\.5>"));
    page.getByLabel("Weight of ink_lines").fill("0.8");
    assertThat(studio.field("Prompt")).hasValue(Pattern.compile("<lora:ink_lines:0\\.8>"));
    studio.generate();
    assertThat(studio.image()).isVisible();
    studio.photograph("loras-chosen");
    assertThat(studio.settings()).contains("<lora:ink_lines:0.8>", "Lora hashes: \"ink_lines");
    studio.card("ink_lines").click();
    assertThat(studio.field("Prompt")).not().hasValue(Pattern.compile("lora:"));
  }

  @Test
  default void thousandsOfLoras_scrollAndSearch_withFewInThePage(Studio studio, Stage stage) {
    stage.withManyLoras(
        MANY,
        () -> {
          Page page = studio.open().page();
          studio.tab("LoRA").click();
          studio.field("Fits this checkpoint").uncheck();
          assertThat(page.getByText(Pattern.compile("^5,00\\d LoRAs$"))).isVisible();
          studio.photograph("loras-many");
          assertThat(studio.cards().count()).isLessThan(MOST_CARDS);
          page.locator(".lora-grid").evaluate("grid => grid.scrollTop = grid.scrollHeight");
          assertThat(studio.card("zorp")).isVisible();
          assertThat(studio.cards().count()).isLessThan(MOST_CARDS);
          studio.field("Search LoRAs").fill("character-4995");
          assertThat(page.getByText(Pattern.compile("^1 LoRA$"))).isVisible();
          Locator found = studio.card("character-4995");
          found.focus();
          page.keyboard().press("Enter");
          assertThat(studio.field("Prompt")).hasValue(Pattern.compile("<lora:character-4995:"));
          assertThat(found).hasAttribute("aria-pressed", "true");
        });
  }

  @Test
  default void details_ofALora_tellItsEffectOnThisModel(Studio studio) {
    studio.open().tab("LoRA").click();
    studio.button("Details of night").click();
    Locator dialog = studio.page().getByRole(AriaRole.DIALOG);
    assertThat(dialog).isVisible();
    assertThat(dialog).containsText("night");
    assertThat(dialog).containsText("No trigger words are known.");
    assertThat(dialog.getByText("Most frequent tags of the training images")).isVisible();
    studio.photograph("lora-details");
    assertThat(studio.obstacles()).isEmpty();
    studio.page().keyboard().press("Escape");
    assertThat(dialog).isHidden();
  }
}
