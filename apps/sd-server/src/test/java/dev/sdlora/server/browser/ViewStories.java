package dev.sdlora.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Checks of every view: light and dark, wide and narrow, and the amount of data to load. */
interface ViewStories {
  int MOST_BYTES = 300_000;

  @Test
  default void views_lightDarkAndNarrow_canBeUsed(Studio studio) {
    for (String view : List.of("draw", "gallery", "upscale", "train")) {
      canBeUsed(view, "main", studio.open(view));
    }
  }

  @Test
  default void tabs_lightDarkAndNarrow_canBeUsed(Studio studio) {
    studio.open("draw");
    for (String tab : List.of("LoRA", "Image", "ControlNet", "Details", "X/Y grid")) {
      studio.tab(tab).click();
      if (tab.equals("Details")) {
        studio.button("Add a pass").click();
        studio.page().getByText("Size, steps and sampling").click();
      }
      String name = "draw-" + tab.replaceAll("\\W", "").toLowerCase(Locale.ROOT);
      canBeUsed(name, "sd-draw-view sd-tabs", studio);
    }
  }

  private static void canBeUsed(String name, String part, Studio studio) {
    studio.wide(1280).in(ColorScheme.LIGHT).photograph(name + "-light");
    assertThat(studio.obstacles(part)).as(name).isEmpty();
    studio.in(ColorScheme.DARK).photograph(name + "-dark");
    assertThat(studio.faintTexts(part)).as(name).isEmpty();
    assertThat(studio.wide(360).photograph(name + "-narrow").overhang()).as(name).isZero();
  }

  @Test
  default void header_narrow_isOneLine(Studio studio) {
    Page page = studio.open().wide(360).page();
    double line = page.locator("sd-header nav a").first().boundingBox().height;
    assertThat(page.locator("sd-header").boundingBox().height).isLessThan(1.8 * line);
  }

  @Test
  default void sliders_inTheDark_haveNoWhiteTracks(Studio studio) throws IOException {
    Locator slider = studio.open().in(ColorScheme.DARK).page().getByLabel("Batch count, slider");
    BufferedImage track = ImageIO.read(new ByteArrayInputStream(slider.screenshot()));
    for (int x = track.getWidth() / 2; x < track.getWidth(); x++) {
      int rgb = track.getRGB(x, track.getHeight() / 2);
      assertThat(rgb >> 8 & 0xff).as("green at %s".formatted(x)).isLessThan(160);
    }
  }

  @Test
  default void header_lightAndDark_canBeUsed(Studio studio) {
    assertThat(studio.open().in(ColorScheme.LIGHT).obstacles("sd-header")).isEmpty();
    assertThat(studio.in(ColorScheme.DARK).faintTexts("sd-header")).isEmpty();
  }

  @Test
  default void page_allItsParts_under300KB(Studio studio) {
    List<Request> requests = new ArrayList<>();
    studio.page().onRequestFinished(requests::add);
    studio.open();
    List<Request> parts =
        requests.stream().filter(request -> !request.url().contains("/api/")).toList();
    int bytes = parts.stream().mapToInt(part -> part.sizes().responseBodySize).sum();
    assertThat(parts).anyMatch(part -> part.url().endsWith("main.js"));
    assertThat(bytes).isBetween(10_000, MOST_BYTES);
  }
}
