package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
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
    page.getByText("Training settings").click();
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
    studio.photograph("train-done-light").in(ColorScheme.DARK).photograph("train-done-dark");
    assertThat(studio.obstacles()).isEmpty();
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

  private static FilePayload text(String name, String text) {
    return new FilePayload(name, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  default void training_cancelled_goesOn(Studio studio, Stage stage) {
    Page page = studio.open("train").page();
    studio.field("Name of the LoRA").fill("cut short");
    studio.field("Trigger word").fill("orb");
    page.getByLabel("Choose images and captions").setInputFiles(stage.image("a red star", 1));
    page.getByText("Training settings").click();
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
