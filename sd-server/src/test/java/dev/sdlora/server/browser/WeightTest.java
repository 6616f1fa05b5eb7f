package dev.sdlora.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much the page is to load. */
@InBrowser
class WeightTest {
  private static final int MOST_BYTES = 300_000;

  @Test
  void page_allItsParts_under300KB(Studio studio) {
    List<Request> requests = new ArrayList<>();
    studio.page().onRequestFinished(requests::add);
    studio.open();
    studio.page().waitForFunction("document.readyState === 'complete'");
    List<Request> parts =
        requests.stream().filter(request -> !request.url().contains("/api/")).toList();
    int bytes = parts.stream().mapToInt(part -> part.sizes().responseBodySize).sum();
    assertThat(parts).anyMatch(part -> part.url().endsWith("main.js"));
    assertThat(bytes).isBetween(5_000, MOST_BYTES);
  }
}
