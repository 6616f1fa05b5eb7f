package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Passes that repaint what detectors find. */
interface DetailStories {

  @Test
  default void pass_added_isInTheRequest_withoutItsDefaults(Studio studio) {
    Page page = studio.open().page();
    studio.tab("Details").click();
    studio.button("Add a pass").click();
    assertThat(studio.choice("Detector")).hasValue("middle");
    assertThat(studio.field("Detection confidence")).hasValue("0.3");
    assertThat(studio.field("Mask growth, pixels")).hasValue("4");
    assertThat(page)
        .hasURL(Pattern.compile("detailPasses=%5B%7B%22detector%22%3A%22middle%22%7D%5D"));
    studio.field("Detail prompt").fill("a gold ring");
    page.locator("sd-detail-tab")
        .getByLabel("Denoising strength", new Locator.GetByLabelOptions().setExact(true))
        .fill("0.7");
    page.getByText("Size, steps and sampling").click();
    studio.field("Inpaint width").fill("64");
    assertThat(studio.field("Inpaint height")).hasValue("64");
    studio.field("Detail steps").fill("5");
    studio.choice("Detail sampling method").selectOption("Euler");
    studio.choice("Inpaint area").selectOption("Whole picture");
    studio.photograph("details");
    page.reload();
    studio.tab("Details").click();
    assertThat(studio.field("Detail prompt")).hasValue("a gold ring");
    page.getByText("Size, steps and sampling").click();
    assertThat(studio.field("Inpaint height")).hasValue("64");
    assertThat(studio.field("Detail steps")).hasValue("5");
    assertThat(studio.choice("Detail sampling method")).hasValue("Euler");
    assertThat(studio.choice("Inpaint area")).hasValue("Whole picture");
    studio.field("Inpaint width").fill("");
    assertThat(studio.field("Inpaint height")).hasValue("");
    assertThat(studio.obstacles("sd-detail-tab")).isEmpty();
    studio.button("Remove pass 1").click();
    assertThat(page).not().hasURL(Pattern.compile("detailPasses"));
  }

  @Test
  default void pass_drawn_repaintsTheFind_andIsRestored(Studio studio) {
    Page page = studio.open().prompt("a red star").steps(12).page();
    studio.field("Seed").fill("7");
    studio.tab("Details").click();
    studio.button("Add a pass").click();
    studio.field("Detail prompt").fill("a blue ring");
    page.locator("sd-detail-tab")
        .getByLabel("Denoising strength", new Locator.GetByLabelOptions().setExact(true))
        .fill("0.8");
    studio.generate();
    assertThat(studio.image()).isVisible();
    studio.photograph("details-drawn");
    assertThat(studio.settings())
        .contains(
            "ADetailer model: middle",
            "ADetailer prompt: a blue ring",
            "ADetailer denoising strength: 0.8");
    studio.button("Remove pass 1").click();
    studio.image().click();
    page.locator("dialog[open]").getByText("Use these settings").click();
    assertThat(studio.choice("Detector")).hasValue("middle");
    assertThat(studio.field("Detail prompt")).hasValue("a blue ring");
  }
}
