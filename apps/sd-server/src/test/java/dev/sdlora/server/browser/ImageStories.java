package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Existing images: restoring, inpainting, upscaling. */
interface ImageStories {

  @Test
  default void pngDropped_restoresItsSettings(Studio studio, Stage stage) {
    Path picture = stage.image("a red star <lora:night:0.7>", 4);
    studio.open().drop(picture, "body");
    assertThat(studio.field("Prompt")).hasValue("a red star <lora:night:0.7>");
    assertThat(studio.field("Seed")).hasValue("4");
    assertThat(studio.page().getByText("Restored the settings")).isVisible();
    studio.button("Undo").click();
    assertThat(studio.field("Prompt")).hasValue("");
  }

  @Test
  default void brush_paintsAMask_andThatPlaceIsDrawnAnew(Studio studio, Stage stage) {
    Path picture = stage.image("a red star", 4);
    Page page = studio.open().page();
    studio.tab("Image").click();
    page.getByLabel("Start image: choose a file").setInputFiles(picture);
    page.getByText("Inpaint: the painted area").click();
    Locator mask = page.getByLabel("Mask", new Page.GetByLabelOptions().setExact(true));
    assertThat(mask).isVisible();
    assertThat(page.getByText("Nothing is painted yet")).isVisible();
    mask.hover();
    page.mouse().down();
    page.mouse().move(page.viewportSize().width / 4.0, 500, new Mouse.MoveOptions().setSteps(4));
    page.mouse().up();
    assertThat(page.getByText("Nothing is painted yet")).isHidden();
    studio.photograph("inpainting");
    studio.tab("Generation").click();
    studio.prompt("a blue ring").steps(4).generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("Mask blur: 4");
  }

  @Test
  default void largeImageDropped_isDrawnAtTheModelsSize_unlessItsOwnIsChosen(Studio studio) {
    Page page = studio.open().page();
    studio.drop("body", Stage.plain("photo.png", 512, 256));
    assertThat(studio.tab("Image")).hasAttribute("aria-selected", "true");
    assertThat(studio.field("Width")).hasValue("184");
    assertThat(studio.field("Height")).hasValue("88");
    Locator hint = page.locator("sd-image-tab sd-size-hint");
    assertThat(hint).isHidden();
    studio.button("Use the image's size, 512×256").click();
    assertThat(studio.field("Width")).hasValue("512");
    assertThat(hint).containsText("trained at 128×128");
    studio.photograph("start-size");
    studio.button("Use the model's size, 184×88").click();
    assertThat(studio.field("Width")).hasValue("184");
    assertThat(hint).isHidden();
  }

  @Test
  default void preprocessorChosen_showsWhatTheNetworkSees(Studio studio, Stage stage) {
    Page page = studio.open().page();
    studio.tab("ControlNet").click();
    studio.button("Add a unit").click();
    page.getByLabel("Control image, unit 0: choose a file")
        .setInputFiles(stage.image("a red star", 4));
    Locator seen = page.getByAltText("What the network of unit 0 sees");
    assertThat(seen).isHidden();
    Locator preprocessor = page.getByLabel("Preprocessor");
    preprocessor.selectOption("canny");
    assertThat(seen).isVisible();
    studio.photograph("preprocessor");
    preprocessor.selectOption("none");
    assertThat(seen).isHidden();
  }

  @Test
  default void upscale_pictureChosen_isEnlarged(Studio studio, Stage stage) {
    Page page = studio.open("upscale").page();
    studio.drop(stage.image("a red star", 4), "body");
    page.locator("main button.primary:visible").click();
    assertThat(page.getByRole(AriaRole.IMG).last()).isVisible();
  }
}
