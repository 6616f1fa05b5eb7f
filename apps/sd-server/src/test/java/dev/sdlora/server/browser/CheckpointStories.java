package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The menu of checkpoints. */
interface CheckpointStories {

  @Test
  default void checkpoint_chosen_drawsWithItsDefaults_andRestoredImagesChooseTheirs(Stage stage) {
    Studio studio = stage.visitSeveral();
    Page page = studio.open().page();
    assertThat(studio.choice("Checkpoint")).hasValue("demo-sd1");
    assertThat(studio.field("CFG Scale")).hasValue("4");
    studio.field("CFG Scale").fill("5");
    studio.choice("Checkpoint").selectOption("quick");
    assertThat(page).hasURL(Pattern.compile("checkpoint=quick"));
    assertThat(studio.field("CFG Scale")).hasValue("7");
    assertThat(studio.choice("Checkpoint")).hasValue("quick");
    studio.field("Width").fill("64");
    studio.field("Height").fill("64");
    studio.prompt("a red star").steps(2).generate();
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("Model: quick");

    studio.drop(stage.image("a green ring", 3), "main");
    assertThat(studio.choice("Checkpoint")).hasValue("demo-sd1");
    assertThat(studio.field("Prompt")).hasValue("a green ring");
    assertThat(page.getByText("Restored the settings")).isVisible();
    studio.button("Undo").click();
    assertThat(studio.choice("Checkpoint")).hasValue("quick");
    studio.leave();
  }
}
