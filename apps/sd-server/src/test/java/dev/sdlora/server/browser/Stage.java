package dev.sdlora.server.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.ReducedMotion;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.SdServer;
import dev.sdlora.server.SubjectMasks;
import dev.sdlora.server.image.FixedDetector;
import dev.sdlora.testkit.ManyLoras;
import dev.sdlora.testkit.TinyModels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * One browser and one server with the bundled model, with a folder to which tests can add LoRAs.
 */
final class Stage implements AutoCloseable {
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /** Enough on a busy machine; no test waits longer than necessary. */
  private static final double PATIENCE_MILLIS = 120_000;

  private final Path folder;
  private final Pipeline pipeline;
  private final SdServer server;
  private final Playwright playwright;
  private final Map<String, Path> pictures = new HashMap<>();
  private final Browser browser;

  /** A server with two checkpoints; null until a story needs it. */
  private @Nullable SdServer several;

  /** A server with a database of jobs; null until a story needs it. */
  private @Nullable SdServer stored;

  Stage() {
    try {
      folder = Files.createTempDirectory("sd-studio");
      DemoModel.copyTo(folder);
      // Only their names are read until a request uses them.
      Files.createFile(Files.createDirectory(folder.resolve("control")).resolve("edges.pth"));
      Files.createFile(folder.resolve("control/union-promax.pth"));
      TinyImagePrompt.writeAdapter(folder.resolve("control/style.safetensors"));
      TinyImagePrompt.writeEncoder(folder.resolve("encoder.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(folder.resolve("demo-sd1.safetensors")))
            .loraDirectory(loras())
            .precision(Precision.FLOAT32)
            .imageEncoder(folder.resolve("encoder.safetensors"))
            .detector(new FixedDetector("middle"))
            .build();
    server =
        SdServer.builder(pipeline)
            .controlNetDirectory(folder.resolve("control"))
            .segmentation(new SubjectMasks())
            .styles(folder.resolve("styles.csv"))
            .trustedProxy("127.0.0.1")
            .port(0)
            .start();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Chromium.FOUND.orElseThrow())
                    .setArgs(ARGUMENTS));
  }

  /** Returns the folder whose LoRAs prompts can name. */
  Path loras() {
    return folder.resolve("loras");
  }

  /** Runs a story with many additional LoRAs. */
  void withManyLoras(int count, Runnable story) {
    Path many = loras().resolve("many");
    try {
      Files.createDirectory(many);
      ManyLoras.write(many, count);
      story.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(many);
    }
  }

  /** Draws an image and returns its file, with its settings. */
  Path image(String prompt, long seed) {
    return pictures.computeIfAbsent(
        prompt + seed,
        key -> {
          Path file = folder.resolve("picture-" + pictures.size() + ".png");
          PromptSpec spec = PromptSpec.builder().prompt(prompt).seed(seed).steps(3).build();
          pipeline.generate(spec).images().get(0).save(file);
          return file;
        });
  }

  /** Returns an image file in one colour without settings, as other programs write it. */
  static FilePayload plain(String name, int width, int height) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FilePayload(name, "image/png", png.toByteArray());
  }

  /** Returns the address of the server. */
  URI uri() {
    return server.uri();
  }

  /** Opens the studio of a server with two checkpoints; the second one, quick, is SD 1.x too. */
  Studio visitSeveral() {
    SdServer known = several;
    if (known == null) {
      try {
        Path other = Files.createDirectory(folder.resolve("checkpoints"));
        Files.copy(TinyModels.CHECKPOINT, other.resolve("quick.safetensors"));
        known =
            SdServer.builder(pipeline)
                .checkpointDirectory(
                    other,
                    checkpoint ->
                        Pipeline.builder().checkpoint(checkpoint).loraDirectory(loras()).build())
                .maxWeightBytes(Long.MAX_VALUE)
                .port(0)
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      several = known;
    }
    return visit(known.uri());
  }

  /** Opens the studio of a server that keeps its jobs in a database, as the command line does. */
  Studio visitStored() {
    SdServer known = stored;
    if (known == null) {
      known =
          SdServer.builder(pipeline)
              .jobs(folder.resolve("jobs").toString(), Duration.ofDays(1))
              .port(0)
              .start();
      stored = known;
    }
    return visit(known.uri());
  }

  /** Opens the studio as a first-time visitor. */
  Studio visit() {
    return visit(server.uri());
  }

  /** Opens the studio at an address, which all of its requests must begin with. */
  Studio visit(URI address) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(address.toString())
                .setViewportSize(1280, 900)
                .setReducedMotion(ReducedMotion.REDUCE));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    return new Studio(context, address);
  }

  @Override
  public void close() {
    playwright.close();
    server.close();
    if (several != null) {
      several.close();
    }
    if (stored != null) {
      stored.close();
    }
    pipeline.close();
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
