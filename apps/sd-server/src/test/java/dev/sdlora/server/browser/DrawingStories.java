package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** From a prompt to an image. */
interface DrawingStories {

  @Test
  default void prompt_generate_showsThePictureWithItsSettings(Studio studio) {
    studio.open().prompt("a blue heart <lora:ink_lines:0.8>").steps(3).generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("Lora hashes: \"ink_lines");
    String use =
        "^ink_lines: strength 0\\.8, (\\d+) of \\1 modules fit the model, (patched|overlay)$";
    assertThat(studio.page().getByText(Pattern.compile(use))).hasCount(1);
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
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("a red star", "Steps: 2,");
  }

  @Test
  default void emptyPage_exampleClicked_isThePromptAndItsImageTakesThePlace(Studio studio) {
    Page page = studio.forgetEnded().open().steps(2).page();
    BoundingBox place = page.locator("sd-job-view > .stage").boundingBox();
    assertThat(page.locator("sd-examples button")).hasCount(3);
    assertThat(page.getByText("About this model: ")).containsText("seeds change an image");
    studio.photograph("empty").button("a fox on a blue background").click();
    assertThat(studio.field("Prompt")).hasValue("a fox on a blue background");
    studio.generate();
    assertThat(studio.image()).isVisible();
    BoundingBox image = studio.image().boundingBox();
    assertThat(image.width).isCloseTo(place.width, within(4.0));
    assertThat(image.height).isCloseTo(place.height, within(4.0));
  }

  @Test
  default void tag_whileTyped_isNotMarked(Studio studio) {
    Page page = studio.open().page();
    studio.field("Prompt").pressSequentially("a cat <lora:flu");
    assertThat(page.locator(".prompt-count").first()).containsText("7/75");
    assertThat(page.locator(".prompt-problems li")).hasCount(0);
    studio.field("Sampling steps").focus();
    assertThat(page.locator(".prompt-problems li"))
        .hasText(
            new String[] {
              "the tag '<lora:flu' at character 6 is not closed; did you mean <lora:flu:1>?"
            });
  }

  @Test
  default void image_buttonsBelow_reuseItsSeedDownloadAndSendIt(Studio studio) {
    Page page = studio.open().prompt("a red star").steps(2).page();
    studio.field("Seed").fill("77");
    studio.generate();
    assertThat(studio.image()).isVisible();
    studio.field("Seed").fill("-1");
    Locator below = page.locator("sd-job-view figcaption");
    assertThat(below).containsText("Seed 77");
    studio.button("Reuse seed").click();
    assertThat(studio.field("Seed")).hasValue("77");
    Download file = page.waitForDownload(() -> below.getByText("Download").click());
    assertThat(file.suggestedFilename()).endsWith(".png");
    below.getByText("Send to img2img").click();
    assertThat(page.getByAltText("Start image")).isVisible();
    assertThat(studio.field("Denoising strength").locator("visible=true")).isVisible();
    below.getByText("Send to upscale").click();
    assertThat(page.locator("sd-upscale-view img")).isVisible();
  }

  @Test
  default void image_enlarged_isLargerThanOnThePage(Studio studio) {
    studio.open().prompt("a red star").steps(2).generate();
    Locator image = studio.image();
    for (int width : new int[] {1280, 400}) {
      studio.wide(width);
      assertThat(image).isVisible();
      double small = image.boundingBox().width;
      image.click();
      Locator large = studio.page().locator("sd-job-view dialog[open] > img");
      assertThat(large).isVisible();
      assertThat(large.boundingBox().width).isGreaterThan(small);
      studio.page().keyboard().press("Escape");
    }
  }

  @Test
  default void completion_enter_insertsTheFirst(Studio studio) {
    Locator prompt = studio.open().field("Prompt");
    prompt.pressSequentially("a star <lora:ink");
    assertThat(studio.page().getByRole(AriaRole.OPTION).first()).isVisible();
    prompt.press("Enter");
    assertThat(prompt).hasValue(Pattern.compile("a star <lora:ink_lines.*>"));
  }

  @Test
  default void unknownLora_isTold(Studio studio) {
    Page page = studio.open().prompt("a star <lora:nothing_like_it:1>").generate().page();
    assertThat(page.locator("sd-prompt-box li").first()).containsText("nothing_like_it");
    assertThat(studio.refusal()).containsText("nothing_like_it");
  }

  @Test
  default void problems_foundWhileTheMouseIsPressed_moveNothing(Studio studio) {
    Page page = studio.open().page();
    page.setViewportSize(1280, 2000);
    // Problems are found while the mouse is pressed, however slow this machine is.
    List<Route> held = new ArrayList<>();
    page.route("**/api/prompt", held::add);
    studio.prompt("a star <lora:no_such_lora:1>");
    page.waitForCondition(() -> !held.isEmpty());
    BoundingBox button = studio.button("Generate").boundingBox();
    page.mouse().move(button.x + button.width / 2, button.y + button.height / 2);
    page.mouse().down();
    page.unroute("**/api/prompt");
    held.forEach(Route::resume);
    assertThat(studio.field("Prompt")).hasAttribute("aria-invalid", "true");
    assertThat(studio.button("Generate").boundingBox().y).isCloseTo(button.y, within(0.5));
    page.mouse().up();
    assertThat(page.locator("sd-prompt-box li").first()).containsText("no_such_lora");
    assertThat(studio.refusal()).containsText("no_such_lora");
  }
}
