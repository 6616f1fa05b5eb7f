package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The studio as a user sees it: the names of its parts, and the actions on them. */
final class Studio {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private static final Pattern JOB_ID = Pattern.compile("\"id\" ?: ?\"([^\"]+)\"");

  private static final Set<String> GRAVE = Set.of("serious", "critical");

  private final BrowserContext context;
  private final Page page;
  private final List<String> faults = new ArrayList<>();

  Studio(BrowserContext context, URI server) {
    this.context = context;
    this.page = context.newPage();
    page.onPageError(faults::add);
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            faults.add(message.text());
          }
        });
    page.onRequest(
        request -> {
          String url = request.url();
          if (url.startsWith("http") && !url.startsWith(server.toString())) {
            faults.add("the page sent a request to another site: " + url);
          }
        });
  }

  Page page() {
    return page;
  }

  /** Opens a view by its name in the URL. */
  Studio open(String view) {
    page.navigate("/#/" + view);
    assertThat(page.locator("main > :visible").first()).isVisible();
    return this;
  }

  Studio open() {
    page.navigate("/");
    assertThat(button("Generate")).isVisible();
    return this;
  }

  Locator field(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  /** Returns a list of names to choose from. */
  Locator choice(String name) {
    return page.getByRole(
        AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator tab(String name) {
    return page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator link(String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** Types a prompt over the previous one. */
  Studio prompt(String text) {
    field("Prompt").fill(text);
    return this;
  }

  Studio steps(int steps) {
    field("Sampling steps").fill("" + steps);
    return this;
  }

  /** Starts a job that no machine finishes before the story ends. */
  Studio drawForLong() {
    field("Batch count").fill("16");
    return steps(150).generate();
  }

  /** Clicks Generate and waits until the server answers and the page shows the new job, if any. */
  Studio generate() {
    Response answer =
        page.waitForResponse(
            response ->
                response.request().method().equals("POST")
                    && response.url().matches(".*/api/(jobs|grids)"),
            () -> button("Generate").click());
    if (answer.ok()) {
      Matcher id = JOB_ID.matcher(answer.text());
      if (!id.find()) {
        throw new AssertionError("no job in " + answer.text());
      }
      page.waitForURL(url -> url.contains(id.group(1)));
    }
    return this;
  }

  /** Returns the message next to the Generate button. */
  Locator refusal() {
    return page.locator(".generate .error");
  }

  /** Returns the LoRA cards in the page. */
  Locator cards() {
    return page.locator(".lora-card");
  }

  /** Returns the main button of a LoRA's card. */
  Locator card(String lora) {
    return cards()
        .filter(new Locator.FilterOptions().setHas(button("Details of " + lora)))
        .getByRole(AriaRole.BUTTON)
        .first();
  }

  /** Returns the finished image of the visible job. */
  Locator image() {
    return page.locator("sd-job-view img[src*='/images/']").first();
  }

  /** Returns the settings of the job's image, as the large view shows them. */
  String settings() {
    image().click();
    String text = page.locator("dialog[open] pre").textContent();
    page.keyboard().press("Escape");
    return text;
  }

  /** Returns the running and waiting jobs in order. */
  Locator queued() {
    return page.locator("sd-queue ol").first().locator("li");
  }

  /** Returns the progress bar of the running job. */
  Locator progress() {
    return page.getByRole(
        AriaRole.PROGRESSBAR, new Page.GetByRoleOptions().setName("Progress").setExact(true));
  }

  boolean hasFocus(Locator control) {
    return (boolean) control.evaluate("control => control === document.activeElement");
  }

  /** Cancels running jobs, as another program would. */
  Studio cancelAll() {
    page.evaluate(
        """
        async () => {
          const { jobs } = await (await fetch("api/jobs")).json();
          const open = jobs.filter((job) => ["waiting", "running"].includes(job.state));
          await Promise.all(open.map((job) => fetch(`api/jobs/${job.id}`, { method: "DELETE" })));
        }
        """);
    return this;
  }

  /** Forgets jobs of other tests, so that they are not in the screenshots. */
  Studio forgetEnded() {
    open();
    page.evaluate(
        """
        async () => {
          const { jobs } = await (await fetch("api/jobs")).json();
          const ended = jobs.filter((job) => !["waiting", "running"].includes(job.state));
          await Promise.all(ended.map((job) => fetch(`api/jobs/${job.id}`, { method: "DELETE" })));
        }
        """);
    return this;
  }

  /** Drops a file from outside the browser onto a part of the page. */
  Studio drop(Path file, String selector) {
    try {
      return drop(
          selector,
          new FilePayload("" + file.getFileName(), "image/png", Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Drops several files together. */
  Studio drop(String selector, FilePayload... files) {
    List<List<String>> sent = new ArrayList<>();
    for (FilePayload file : files) {
      String base64 = Base64.getEncoder().encodeToString(file.buffer);
      sent.add(List.of(file.name, file.mimeType, base64));
    }
    JSHandle transfer =
        page.evaluateHandle(
            """
            (files) => {
              const transfer = new DataTransfer();
              for (const [name, type, base64] of files) {
                const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type }));
              }
              return transfer;
            }
            """,
            sent);
    for (String event : List.of("dragenter", "dragover", "drop")) {
      page.locator(selector).first().dispatchEvent(event, Map.of("dataTransfer", transfer));
    }
    return this;
  }

  /** Emulates the system's light or dark colour scheme. */
  Studio in(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    return this;
  }

  Studio wide(int pixels) {
    page.setViewportSize(pixels, 900);
    return this;
  }

  /** Returns the accessibility problems found by axe. */
  List<String> obstacles() {
    return found(new AxeBuilder(page));
  }

  /** Returns the accessibility problems of a part of the page. */
  List<String> obstacles(String selector) {
    return found(new AxeBuilder(page).include(selector));
  }

  /** Returns texts with too little contrast, the only check that depends on colours. */
  List<String> faintTexts(String selector) {
    return found(new AxeBuilder(page).include(selector).withRules(List.of("color-contrast")));
  }

  private static List<String> found(AxeBuilder axe) {
    List<String> obstacles = new ArrayList<>();
    for (Rule rule : axe.setLegacyMode(true).analyze().getViolations()) {
      if (GRAVE.contains(rule.getImpact())) {
        rule.getNodes().forEach(node -> obstacles.add(rule.getId() + ": " + node.getHtml()));
      }
    }
    return obstacles;
  }

  /** Returns by how many pixels the page is wider than the window. */
  int overhang() {
    return (int)
        page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  /** Saves a screenshot to target/screenshots once the images of the page have loaded. */
  Studio photograph(String name) {
    page.waitForFunction(
        "() => [...document.images].every((image) => image.complete || image.loading === 'lazy')");
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
    return this;
  }

  /** Cuts or restores the connection to the server. */
  Studio offline(boolean offline) {
    context.setOffline(offline);
    return this;
  }

  /** Closes the page, and fails if it had errors of its own. */
  void leave() {
    context.close();
    if (!faults.isEmpty()) {
      throw new AssertionError(String.join("\n", faults));
    }
  }
}
