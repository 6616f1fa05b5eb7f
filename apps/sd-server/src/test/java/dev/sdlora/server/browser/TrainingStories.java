package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** From a few images to a LoRA that is used in a prompt. */
interface TrainingStories {

  @Test
  default void pictures_train_tryIt(Studio studio, Stage stage) {
    Path first = stage.image("a red star", 1);
    Path second = stage.image("a blue heart", 2);
    Page page = studio.open("train").page();
    studio.field("Name of the LoRA").fill("story lora");
    studio.field("Trigger word").fill("orb");
    page.getByLabel("Choose images and captions").setInputFiles(new Path[] {first, second});
    Locator captions = page.getByPlaceholder("Caption: what the image shows");
    assertThat(captions).hasCount(2);
    captions.first().fill("a red star");
    page.getByText("More settings").click();
    studio.field("Steps").fill("4");
    studio.field("Width").fill("64");
    studio.field("Height").fill("64");
    studio.field("Batch size").fill("1");
    page.reload();
    assertThat(captions).hasCount(2);
    assertThat(captions.first()).hasValue("a red star");
    studio.in(ColorScheme.LIGHT).photograph("train-pictures");
    studio.button("Start training").click();
    assertThat(studio.button("Try it")).isVisible();
    assertThat(page.getByText("step 4 of 4")).isVisible();
    assertThat(page.getByLabel(Pattern.compile("^Loss: "))).isVisible();
    assertThat(page.getByAltText("Sample of step 4")).isVisible();
    page.getByText("Loss by noise level").click();
    assertThat(page.getByLabel(Pattern.compile("^Loss by noise level: "))).isVisible();
    studio.photograph("train-done-light").in(ColorScheme.DARK).photograph("train-done-dark");
    assertThat(studio.obstacles()).isEmpty();
    page.getByText("Report", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(studio.link("Open the report")).isVisible();
    Locator title = page.frameLocator("iframe[title='Report of story lora']").locator("h1");
    assertThat(title).containsText("story lora");
    studio.button("Try it").click();
    assertThat(studio.field("Prompt")).hasValue("orb, a red star <lora:story lora:1>");
    studio.tab("LoRA").click();
    assertThat(studio.card("story lora").locator("img")).isVisible();
    studio.open("train").button("Start training").click();
    assertThat(page.getByText("a LoRA named 'story lora' already exists")).isVisible();
  }

  @Test
  default void captionFiles_droppedInAnyOrder_fillTheFieldsOfTheirImages(Studio studio) {
    studio.open("train");
    studio.drop(
        ".drop-zone",
        text("b.txt", "a ring\r\nof gold"),
        Stage.plain("a.png", 64, 64),
        Stage.plain("b.png", 64, 64),
        text("a.txt", "a red star"),
        text("late.txt", "a heart"));
    assertThat(studio.field("Caption of a.png")).hasValue("a red star");
    assertThat(studio.field("Caption of b.png")).hasValue("a ring of gold");
    Locator status = studio.page().locator("sd-training-pictures [role=status]");
    assertThat(status).containsText("late.txt");
    studio
        .page()
        .getByLabel("Choose images and captions")
        .setInputFiles(Stage.plain("late.jpeg", 64, 64));
    assertThat(studio.field("Caption of late.jpeg")).hasValue("a heart");
    assertThat(status).isEmpty();
    studio.drop("body", Stage.plain("loose.png", 64, 64));
    assertThat(studio.field("Caption of loose.png")).hasValue("");
    assertThat(studio.page().locator("sd-training-pictures > .error")).isEmpty();
  }

  @Test
  default void captions_editedTogether_changeInAllFields(Studio studio) {
    studio.open("train");
    studio.drop(
        ".drop-zone",
        text("a.txt", "photo, red star, sky"),
        text("b.txt", "photo, blue heart"),
        Stage.plain("a.png", 64, 64),
        Stage.plain("b.png", 64, 64));
    Locator first = studio.field("Caption of a.png");
    Locator second = studio.field("Caption of b.png");
    assertThat(second).hasValue("photo, blue heart");
    studio.page().getByText("Edit all captions").click();
    assertThat(studio.button("photo (2)")).isVisible();
    studio.button("photo (2)").click();
    studio.button("Remove from all").press("Enter");
    assertThat(first).hasValue("red star, sky");
    assertThat(studio.page().getByText("2 captions changed")).isVisible();
    studio.field("Tag").fill("zorp");
    studio.button("Add to all").press("Enter");
    assertThat(first).hasValue("zorp, red star, sky");
    assertThat(second).hasValue("zorp, blue heart");
    studio.field("Find").fill("star");
    studio.field("Replace with").fill("sun");
    studio.button("Replace in all captions").click();
    assertThat(first).hasValue("zorp, red sun, sky");
    assertThat(studio.page().getByText("1 caption changed")).isVisible();
    first.fill("typed");
    assertThat(studio.hasFocus(first)).isTrue();
    assertThat(studio.button("typed (1)")).isVisible();
    studio.page().reload();
    assertThat(second).hasValue("zorp, blue heart");
  }

  @Test
  default void mask_addedAndRemoved_isInTheRequest(Studio studio) {
    studio.open("train");
    studio.drop(".drop-zone", Stage.plain("a.png", 64, 64));
    Page page = studio.page();
    studio.field("Mask of a.png").setInputFiles(Stage.plain("m.png", 32, 16));
    Locator remove = studio.button("Remove the mask of a.png");
    assertThat(remove).isVisible();
    Request plan =
        page.waitForRequest(
            request -> request.url().endsWith("/api/trainings/plan"),
            () -> studio.field("Steps").fill("7"));
    assertThat(plan.postData()).contains("\"mask\":\"picture:", "\"masked_loss\":true");
    remove.click();
    assertThat(remove).hasCount(0);
    assertThat(studio.field("Mask of a.png")).hasCount(1);
  }

  @Test
  default void plan_followsSettings_andNamesMistakes(Studio studio) {
    Page page = studio.open("train").page();
    studio.drop(".drop-zone", Stage.plain("a.png", 64, 64), Stage.plain("b.png", 64, 64));
    studio.field("Width").fill("64");
    studio.field("Height").fill("64");
    studio.field("Steps").fill("40");
    Locator plan = page.getByLabel("Plan", new Page.GetByLabelOptions().setExact(true));
    assertThat(plan).containsText("64×64");
    assertThat(plan).containsText("40, ");
    page.getByText("More settings").click();
    studio.field("Epochs instead of steps").fill("8");
    assertThat(studio.field("Steps")).isHidden();
    studio.field("Batch size").fill("2");
    assertThat(plan).containsText("8, 2 images each, 8 epochs");
    studio.field("Weights of samples").fill("0, 1");
    assertThat(plan).containsText("16");
    studio.choice("Learning rate schedule").selectOption("cosine");
    studio.field("Cycles").fill("2");
    studio.field("Measure the loss on held-out images").check();
    studio.field("Share of images held out").fill("0.5");
    assertThat(plan).containsText("1, 1 held out");
    studio.field("Rules by layer").fill("IN04 off\n.*attn2.* rank=x");
    assertThat(studio.field("Rules by layer"))
        .hasJSProperty(
            "validationMessage",
            "Rule “.*attn2.* rank=x”: expected off, rank=, alpha= or rate= instead of “rank=x”");
    studio.field("Rules by layer").fill("");
    studio.in(ColorScheme.LIGHT).photograph("train-settings-light");
    assertThat(studio.obstacles("sd-training-form")).isEmpty();
    studio.in(ColorScheme.DARK).photograph("train-settings-dark");
    assertThat(studio.faintTexts("sd-training-form")).isEmpty();
    assertThat(studio.wide(380).photograph("train-settings-narrow").overhang()).isZero();
    studio.wide(1280).choice("Train on").selectOption("prompts");
    assertThat(page.getByLabel("Choose images and captions")).isHidden();
    studio.field("More of it").fill("a house, very detailed");
    studio.field("Less of it").fill("a house, plain");
    studio.photograph("train-slider");
  }

  private static FilePayload text(String name, String text) {
    return new FilePayload(name, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  default void training_cancelled_goesOn(Studio studio, Stage stage) {
    Page page = studio.open("train").page();
    studio.field("Name of the LoRA").fill("cut short");
    studio.field("Trigger word").fill("orb");
    page.getByLabel("Choose images and captions").setInputFiles(stage.image("a red star", 1));
    page.getByText("More settings").click();
    studio.field("Steps").fill("500");
    studio.field("Width").fill("64");
    studio.field("Height").fill("64");
    studio.field("Batch size").fill("1");
    studio.button("Start training").click();
    assertThat(page.getByText(Pattern.compile("step \\d+ of 500"))).isVisible();
    studio.button("Cancel").click();
    Locator resume = page.getByText(Pattern.compile("Resume from step \\d+"));
    assertThat(resume).isVisible();
    resume.click();
    assertThat(studio.button("Stop and keep")).isVisible();
    // Before its first step, while images are encoded, there is nothing to keep.
    assertThat(page.getByText(Pattern.compile("step \\d+ of 500"))).isVisible();
    studio.button("Stop and keep").click();
    assertThat(studio.button("Try it")).isVisible();
    assertThat(page.getByText("saved as cut short")).isVisible();
  }
}
