package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.KeyboardModifier;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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
    Page page = studio.open().page();
    Locator mask = maskEditor(studio, stage);
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
  default void click_masksAThing_andMoreClicksChangeIt(Studio studio, Stage stage) {
    Page page = studio.open().page();
    Locator mask = maskEditor(studio, stage);
    studio.field("Click").check();
    assertThat(studio.field("Brush")).not().isChecked();
    clickAt(mask, 0.25, 0.25);
    assertThat(page.getByText("Nothing is painted yet")).isHidden();
    assertThat(painted(mask)).isEqualTo("1000");
    clickAt(mask, 0.75, 0.75);
    assertThat(page.locator("sd-mask-editor [role=status]")).isEmpty();
    assertThat(painted(mask)).isEqualTo("1001");
    studio.photograph("clicked");
    clickAt(mask, 0.25, 0.25, KeyboardModifier.ALT);
    assertThat(page.locator("sd-mask-editor [role=status]")).isEmpty();
    assertThat(painted(mask)).isEqualTo("0001");
    studio.button("Undo").click();
    assertThat(painted(mask)).isEqualTo("1001");
    assertThat(studio.obstacles("sd-mask-editor")).isEmpty();
    studio.tab("Generation").click();
    studio.prompt("a blue ring").steps(2).generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("Mask blur: 4");
  }

  @Test
  default void click_withShift_excludesFromTheThing(Studio studio, Stage stage) {
    Page page = studio.open().page();
    Locator mask = maskEditor(studio, stage);
    studio.field("Click").check();
    clickAt(mask, 0.25, 0.75);
    assertThat(page.getByText("Nothing is painted yet")).isHidden();
    Request again =
        page.waitForRequest("**/v1/masks", () -> clickAt(mask, 0.75, 0.25, KeyboardModifier.SHIFT));
    assertThat(again.postData())
        .matches(".*\"inside\":\\[\\[3\\d,9\\d]],\"outside\":\\[\\[9\\d,3\\d]]}");
    assertThat(painted(mask)).isEqualTo("0010");
    // The keyboard's pointer starts where the mouse was.
    mask.press("ArrowDown");
    mask.press("Space");
    assertThat(page.locator("sd-mask-editor [role=status]")).isEmpty();
    assertThat(painted(mask)).isEqualTo("0110");
  }

  /** Chooses a start image and opens the editor of its mask. */
  private static Locator maskEditor(Studio studio, Stage stage) {
    Page page = studio.page();
    studio.tab("Image").click();
    page.getByLabel("Start image: choose a file").setInputFiles(stage.image("a red star", 4));
    page.getByText("Inpaint: the painted area").click();
    return page.getByLabel("Mask", new Page.GetByLabelOptions().setExact(true));
  }

  private static void clickAt(Locator mask, double x, double y, KeyboardModifier... held) {
    BoundingBox box = mask.boundingBox();
    mask.click(
        new Locator.ClickOptions()
            .setPosition(x * box.width, y * box.height)
            .setModifiers(List.of(held)));
  }

  /** Returns 1 for each painted quarter of a mask, row by row. */
  private static String painted(Locator mask) {
    return (String)
        mask.evaluate(
            """
            (canvas) => {
              const context = canvas.getContext("2d");
              const alpha = (x, y) =>
                context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data[3];
              return [[0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]]
                .map(([x, y]) => (alpha(x, y) > 127 ? 1 : 0)).join("");
            }
            """);
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
    Locator preprocessor = studio.choice("Preprocessor");
    preprocessor.selectOption("canny");
    assertThat(seen).isVisible();
    studio.photograph("preprocessor");
    preprocessor.selectOption("none");
    assertThat(seen).isHidden();
  }

  @Test
  default void unionChosen_asksForTheTypeOfTheControlImage(Studio studio) {
    Page page = studio.open().page();
    studio.tab("ControlNet").click();
    studio.button("Add a unit").click();
    assertThat(studio.choice("Type of the control image")).isHidden();
    studio.choice("Model").selectOption("union-promax");
    studio.choice("Type of the control image").selectOption("Soft Edge");
    assertThat(page).hasURL(Pattern.compile("union_control_type%22%3A%22Soft\\+Edge"));
    studio.choice("Model").selectOption("edges");
    assertThat(studio.choice("Type of the control image")).isHidden();
    assertThat(page).not().hasURL(Pattern.compile("union_control_type"));
  }

  @Test
  default void imagePrompt_isReadNextToTheText(Studio studio, Stage stage) {
    Page page = studio.open().prompt("a blue ring").steps(3).page();
    studio.tab("ControlNet").click();
    studio.button("Add a unit").click();
    assertThat(studio.choice("Preprocessor")).isVisible();
    studio.choice("Model").selectOption("style");
    assertThat(studio.choice("Preprocessor")).isHidden();
    assertThat(page.getByText("needs an image to read next to the text")).isVisible();
    Path picture = stage.image("a red star", 4);
    page.getByLabel("Control image, unit 0: choose a file").setInputFiles(picture);
    assertThat(studio.field("Enable")).isChecked();
    studio.field("Control weight").fill("0.7");
    studio.choice("Weight type").selectOption("ease in");
    assertThat(studio.choice("Control mode")).isHidden();
    page.getByText("Only in a part of the image").click();
    page.getByLabel("Region mask, unit 0: choose a file")
        .setInputFiles(Stage.plain("mask.png", 64, 64));
    assertThat(page.getByAltText("Region mask, unit 0")).isVisible();
    studio.photograph("image-prompt").generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("ControlNet 0: \"Module: ip-adapter", "Weight: 0.7");
    studio.image().click();
    page.locator("dialog[open]").getByText("Use these settings").click();
    assertThat(page.getByText("Restored the settings")).isVisible();
    assertThat(studio.choice("Model")).hasValue("style");
    assertThat(studio.field("Control weight")).hasValue("0.7");
    assertThat(studio.choice("Weight type")).hasValue("ease in");
    assertThat(page.getByText("needs an image to read next to the text")).isVisible();
    studio.photograph("image-prompt-restored");
  }

  @Test
  default void upscale_pictureChosen_isEnlarged(Studio studio, Stage stage) {
    Page page = studio.open("upscale").page();
    studio.drop(stage.image("a red star", 4), "body");
    page.locator("main button.primary:visible").click();
    assertThat(page.getByRole(AriaRole.IMG).last()).isVisible();
  }
}
