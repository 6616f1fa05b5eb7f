package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Jobs that wait or end early, and the images of ended jobs. */
interface JobStories {
  @Test
  default void cancel_whileDrawing_endsTheJob(Studio studio) {
    studio.open().prompt("cancelled soon").drawForLong();
    studio.button("Cancel").click();
    assertThat(studio.page().locator("sd-job-view > [role=status]"))
        .hasText(Pattern.compile("^Cancelled"));
    assertThat(studio.progress()).isHidden();
  }

  @Test
  default void cancel_duringTheFirstImage_keepsItAsFarAsItWasDrawn(Studio studio) {
    studio.open().prompt("kept unfinished").drawForLong();
    assertThat(studio.page().locator("sd-job-view sd-progress"))
        .containsText(Pattern.compile("step [1-9]\\d* of 150"));
    studio.button("Cancel").click();
    assertThat(studio.page().locator("sd-job-view > [role=status]"))
        .hasText("Cancelled after 1 image");
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("kept unfinished");
  }

  @Test
  default void cancel_afterAnImage_keepsIt(Studio studio) {
    studio.open().prompt("one of many").steps(20);
    studio.field("Batch count").fill("16");
    studio.generate();
    assertThat(studio.image()).isVisible();
    studio.button("Cancel").click();
    assertThat(studio.page().locator("sd-job-view > [role=status]"))
        .hasText(Pattern.compile("Cancelled after \\d+ images?"));
    assertThat(studio.image()).isVisible();
    assertThat(studio.settings()).contains("one of many");
  }

  @Test
  default void queue_jobMovedUp_isTheNext(Studio studio) {
    studio.open();
    for (String prompt : new String[] {"first of all", "second of all", "third of all"}) {
      studio.prompt(prompt).drawForLong();
      assertThat(studio.queued().filter(new Locator.FilterOptions().setHasText(prompt)))
          .isVisible();
    }
    studio.button("Move up: third of all").click();
    assertThat(studio.queued().nth(1)).containsText("third of all");
    assertThat(studio.queued().nth(2)).containsText("second of all");
    studio.photograph("queue");
    studio.cancelAll();
    assertThat(studio.page().getByText("The queue is empty.")).isVisible();
  }

  @Test
  default void gallery_pictureOpened_comparedAndUsedAgain(Studio studio) {
    studio.open().prompt("to be compared").steps(2).generate();
    assertThat(studio.image()).isVisible();
    studio.prompt("to be used again").generate();
    assertThat(studio.page().getByAltText("Image 1: to be used again")).isVisible();
    Page page = studio.open("gallery").page();
    page.getByRole(AriaRole.GRIDCELL).first().getByRole(AriaRole.BUTTON).click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("to be used again");
    studio.button("Compare").click();
    page.keyboard().press("ArrowRight");
    assertThat(dialog).containsText("to be compared");
    assertThat(dialog.getByRole(AriaRole.SLIDER)).isVisible();
    assertThat(studio.photograph("compare").obstacles()).isEmpty();
    page.keyboard().press("ArrowLeft");
    assertThat(dialog).containsText("to be used again");
    studio.button("Use these settings").click();
    assertThat(studio.field("Prompt")).hasValue("to be used again");
    assertThat(studio.field("Sampling steps")).hasValue("2");
  }
}
