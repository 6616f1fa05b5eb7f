package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Settings other than the prompt. */
interface SettingsStories {

  @Test
  default void defaults_areThoseThatTheCheckpointRecommends(Studio studio) {
    studio.open();
    assertThat(studio.field("CFG Scale")).hasValue("4");
    assertThat(studio.field("Width")).hasValue("128");
    assertThat(studio.field("Sampling steps")).hasValue("20");
  }

  @Test
  default void hiresFix_drawsThePictureLarger(Studio studio) {
    studio.open().prompt("a blue heart").steps(2);
    studio.field("Hires. fix").check();
    studio.generate();
    assertThat(studio.image()).hasAttribute("width", "256");
    assertThat(studio.settings()).contains("Hires upscale: 2");
  }

  @Test
  default void grid_ofALorasWeights_showsACellOfEach_thatCanBeUsed(Studio studio) {
    Page page = studio.forgetEnded().open().page();
    studio.prompt("a cat on a blue background <lora:ink_lines:1>").steps(12);
    studio.field("CFG Scale").fill("4");
    studio.field("Seed").fill("42");
    studio.tab("X/Y grid").click();
    page.getByLabel("X type").selectOption("LoRA weight");
    page.getByLabel("X values").fill("0, 0.5, 1");
    assertThat(studio.button("Generate")).isHidden();
    studio.button("Generate grid").click();
    Locator cells = page.locator("sd-grid-result").getByRole(AriaRole.IMG);
    assertThat(cells).hasCount(3);
    studio.photograph("grid");
    cells.nth(1).click();
    page.locator("dialog[open]").getByText("Use these settings").click();
    assertThat(studio.field("Prompt")).hasValue(Pattern.compile("<lora:ink_lines:0\\.5>"));
  }

  @Test
  default void grid_ofAServerWithADatabase_isShownFromItsBeginning(Stage stage) {
    Studio studio = stage.visitStored();
    Page page = studio.open().page();
    studio.prompt("a cat on a blue background").steps(2);
    studio.field("Seed").fill("42");
    studio.tab("X/Y grid").click();
    page.getByLabel("X type").selectOption("CFG Scale");
    page.getByLabel("X values").fill("1, 4");
    studio.button("Generate grid").click();
    assertThat(page.locator("sd-grid-result").getByRole(AriaRole.IMG)).hasCount(2);
    studio.leave();
  }

  @Test
  default void style_savedFromThePrompts_canBeChosenAtOnce(Studio studio) {
    Page page = studio.open().prompt("{prompt} on a blue background").page();
    Locator styles = page.locator("sd-styles");
    styles.locator("summary").click();
    assertThat(studio.button("Save as style")).isDisabled();
    studio.field("Name of a style").fill("Sky");
    studio.button("Save as style").click();
    assertThat(styles.getByRole(AriaRole.STATUS)).hasText("Saved “Sky”.");
    studio.field("Name of a style").fill("Sky");
    assertThat(studio.button("Replace style")).isEnabled();
    studio.prompt("a fox").steps(2);
    styles.getByRole(AriaRole.CHECKBOX).check();
    studio.photograph("styles");
    assertThat(studio.obstacles()).isEmpty();
    studio.generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("a fox on a blue background");
  }

  @Test
  default void aspectRatio_chosen_keepsTheTrainedAreaOnTheGrid(Studio studio) {
    studio.open().button("3:2").click();
    assertThat(studio.field("Width")).hasValue("152");
    assertThat(studio.field("Height")).hasValue("104");
    assertThat(studio.button("3:2")).hasAttribute("aria-pressed", "true");
    studio.button("⇅ Swap width and height").click();
    assertThat(studio.field("Width")).hasValue("104");
    assertThat(studio.field("Height")).hasValue("152");
    assertThat(studio.button("2:3")).hasAttribute("aria-pressed", "true");
    assertThat(studio.button("3:2")).hasAttribute("aria-pressed", "false");
    assertThat(studio.page().locator("sd-size-hint")).isHidden();
  }

  @Test
  default void settingsStandInTheAddress_andBackUndoesThoseOfAPicture(Studio studio) {
    Page page = studio.open().prompt("a green ring").steps(2).generate().page();
    assertThat(studio.image()).isVisible();
    studio.prompt("something else");
    studio.field("CFG Scale").fill("5");
    assertThat(page).hasURL(Pattern.compile("prompt=something\\+else.*cfg_scale=5"));
    studio.image().click();
    page.locator("dialog[open]").getByText("Use these settings").click();
    assertThat(studio.field("Prompt")).hasValue("a green ring");
    page.goBack();
    assertThat(studio.field("Prompt")).hasValue("something else");
    assertThat(studio.field("CFG Scale")).hasValue("5");
    page.reload();
    assertThat(studio.field("Prompt")).hasValue("something else");
  }

  @Test
  default void reload_directlyAfterTyping_keepsWhatWasTyped(Studio studio) {
    Page page = studio.open().prompt("a red star").page();
    assertThat(page).hasURL(Pattern.compile("prompt=a\\+red\\+star"));
    // In one task, so that no delayed change of the URL can come between.
    studio
        .field("Prompt")
        .evaluate(
            """
            (prompt) => {
              for (const text of ["a blue ring", "a green ring"]) {
                prompt.value = text;
                prompt.dispatchEvent(new InputEvent("input", { bubbles: true }));
              }
              location.reload();
            }
            """);
    assertThat(page).hasURL(Pattern.compile("prompt=a\\+green\\+ring"));
    assertThat(studio.field("Prompt")).hasValue("a green ring");
    page.reload();
    assertThat(studio.field("Prompt")).hasValue("a green ring");
  }

  @Test
  default void reload_answeredLate_keepsWhatWasTypedBefore(Studio studio) {
    Page page = studio.open().prompt("a red star").page();
    assertThat(page).hasURL(Pattern.compile("prompt=a\\+red\\+star"));
    List<Route> held = new ArrayList<>();
    page.route(url -> url.endsWith("/"), held::add);
    studio
        .field("Prompt")
        .evaluate(
            """
            (prompt) => {
              location.reload();
              prompt.value = "a green ring";
              prompt.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }
            """);
    page.waitForCondition(() -> !held.isEmpty());
    page.waitForCondition(() -> page.url().contains("green"));
    held.forEach(Route::resume);
    page.waitForLoadState();
    assertThat(page).hasURL(Pattern.compile("prompt=a\\+green\\+ring"));
    assertThat(studio.field("Prompt")).hasValue("a green ring");
  }

  @Test
  default void back_afterLeavingDirectlyAfterTyping_keepsWhatWasTyped(Studio studio) {
    Page page = studio.open().prompt("a red star").page();
    assertThat(page).hasURL(Pattern.compile("prompt=a\\+red\\+star"));
    // In one task, so that no delayed change of the URL can come between.
    studio
        .field("Prompt")
        .evaluate(
            """
            (prompt) => {
              for (const text of ["a blue ring", "a green ring"]) {
                prompt.value = text;
                prompt.dispatchEvent(new InputEvent("input", { bubbles: true }));
              }
              location.assign("api/model");
            }
            """);
    page.waitForURL(url -> url.endsWith("/api/model"));
    page.goBack();
    assertThat(studio.field("Prompt")).hasValue("a green ring");
  }
}
