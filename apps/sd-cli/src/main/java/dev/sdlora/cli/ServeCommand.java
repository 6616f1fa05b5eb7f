package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.SdServer;
import dev.sdlora.server.SdServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd serve}: images over HTTP. */
@Command(
    name = "serve",
    customSynopsis = "sd serve [OPTIONS]",
    description = {
      "Serve pictures over HTTP to clients of A1111 and of OpenAI.",
      "",
      "Examples:",
      "  sd serve",
      "  sd serve --checkpoint m.safetensors --lora-dir loras --port 7860",
      "  sd serve --listen --api-auth me:secret --api-key sk-secret"
    })
@Heading("Who may ask, and how much")
final class ServeCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final NameableOptions nameable = new NameableOptions();
  @Mixin private final Console console = new Console();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7860",
      description = "0 for any that is free. Default: ${DEFAULT-VALUE}.")
  private int port = 7860;

  @Option(
      names = "--listen",
      arity = "0..1",
      fallbackValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description =
          "Answer other machines too, on all addresses or one. Default: this machine alone.")
  private Optional<String> listen = Optional.empty();

  @Option(
      names = "--api-auth",
      paramLabel = "USER:PASSWORD",
      description = "Who may ask, by Basic authentication; repeatable. Default: everybody.")
  private List<String> users = new ArrayList<>();

  @Option(
      names = "--api-key",
      paramLabel = "TOKEN",
      description = "A bearer token that may ask, as OpenAI's clients send; repeatable.")
  private List<String> tokens = new ArrayList<>();

  @Option(
      names = "--cors-allow-origin",
      paramLabel = "ORIGIN",
      description =
          "Web pages that may ask, such as https://example.com, or *; repeatable. Default: none.")
  private List<String> origins = new ArrayList<>();

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description =
          "Host name by which the server may be called, such as images.example.com,"
              + " .example.com with all names below it, or *; repeatable."
              + " Default: localhost and IP addresses; any name if credentials are required.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--trusted-proxy",
      paramLabel = "ADDRESS[/BITS]",
      description =
          "Proxy whose X-Forwarded-… and Forwarded headers say who asks; repeatable."
              + " Default: none, they are ignored.")
  private List<String> proxies = new ArrayList<>();

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      description =
          "Folder into which all pictures are written, with their settings; the gallery shows it."
              + " Default: pictures are kept for a while and not written.")
  private Optional<Path> output = Optional.empty();

  @Option(
      names = "--training-dir",
      paramLabel = "DIR",
      description =
          "Folder for LoRAs that are trained on the page; prompts can name them at once."
              + " Default: the first folder with LoRAs.")
  private Optional<Path> trainings = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many jobs draw at once. Default: ${DEFAULT-VALUE}.")
  private int concurrency = 1;

  @Option(
      names = "--max-jobs",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "How many jobs may wait and draw; more are answered with 429. Default: ${DEFAULT-VALUE}.")
  private int maxJobs = 32;

  @Option(
      names = "--rate-limit",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How many jobs each client may ask for in a minute; more are answered with 429."
              + " Default: no limit.")
  private int rateLimit = 0;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "4194304",
      description = "How many pixels a picture may have. Default: ${DEFAULT-VALUE}, 2048 by 2048.")
  private long maxPixels = 1 << 22;

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      defaultValue = "67108864",
      description = "How long the body of a request may be. Default: ${DEFAULT-VALUE}.")
  private long maxBody = 64L << 20;

  @Option(
      names = "--ignore-scripts",
      description =
          "Draw requests that name scripts of A1111, such as ADetailer, without them and warn."
              + " Default: refuse them.")
  private boolean ignoreScripts = false;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "How long jobs may take to end after Ctrl-C; what is left then is cancelled."
              + " Default: ${DEFAULT-VALUE}.")
  private int grace = 0;

  @Override
  public Integer call() {
    StopOnExit.waitLonger(Duration.ofSeconds(Math.max(0, grace)));
    if (grace < 0) {
      throw console.badUsage("--grace must be at least 0: " + grace);
    }
    requirePort();
    Checkpoint checkpoint = model.open(console);
    Pipeline.Builder builder = Pipeline.builder();
    set("--concurrency", concurrency, builder::concurrency);
    set("--max-pixels", maxPixels, builder::maxPixels);
    trainings.filter(this::isNew).ifPresent(builder::loraDirectory);
    try (Pipeline pipeline = model.load(builder, checkpoint, console);
        SdServer server = settings(pipeline).start()) {
      console.out().println(server.uri());
      console
          .out()
          .println("Studio at /, A1111 API at /sdapi/v1, OpenAI API at /v1; press Ctrl-C to stop.");
      console.out().flush();
      if (listen.isPresent() && users.isEmpty() && tokens.isEmpty()) {
        console.warn(
            "everybody who reaches this machine may ask; --api-auth and --api-key change that");
      }
      untilStopped();
      server.close(Duration.ofSeconds(Math.max(0, grace)));
    }
    return 0;
  }

  /** Tries the port before the model is read, which takes longer. */
  private void requirePort() {
    String address = listen.orElse("127.0.0.1");
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (UnknownHostException e) {
      throw console.badUsage("--listen names no address: " + address);
    } catch (IOException e) {
      throw new IllegalStateException(
          "--port %s of %s cannot be used: %s".formatted(port, address, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw console.badUsage("--port must be from 0 to 65535: " + port);
    }
  }

  /** Ctrl-C and SIGTERM interrupt the command. */
  private static void untilStopped() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // There is something left to do on this thread: to stop in order.
    }
  }

  /** Whether it lies in none of the folders with LoRAs, which would list its files already. */
  private boolean isNew(Path folder) {
    Path own = folder.toAbsolutePath().normalize();
    return model.loraFolders().stream()
        .noneMatch(known -> own.startsWith(known.toAbsolutePath().normalize()));
  }

  private SdServerBuilder settings(Pipeline pipeline) {
    SdServerBuilder server = SdServer.builder(pipeline).port(port);
    listen.ifPresent(server::listen);
    users.forEach(user -> add(user, server));
    tokens.forEach(server::bearerToken);
    origins.forEach(server::corsOrigin);
    hosts.forEach(host -> set("--allowed-host", host, server::allowedHost));
    proxies.forEach(proxy -> set("--trusted-proxy", proxy, server::trustedProxy));
    model.upscalerFolders().forEach(server::upscalerDirectory);
    nameable.controlNetFolders().forEach(server::controlNetDirectory);
    trainings.ifPresent(server::trainingDirectory);
    server.styles(nameable.styles());
    output.ifPresent(server::outputDirectory);
    server.ignoreScripts(ignoreScripts);
    set("--max-jobs", maxJobs, server::maxJobs);
    set("--rate-limit", rateLimit, server::rateLimit);
    set("--max-pixels", maxPixels, server::maxPixels);
    set("--max-body", maxBody, server::maxBodyBytes);
    return server;
  }

  private static <T> void set(String option, T value, Consumer<T> setter) {
    OptionValue.set(option, Optional.of(value), setter);
  }

  private void add(String user, SdServerBuilder server) {
    int colon = user.indexOf(':');
    if (colon < 0) {
      throw console.badUsage("--api-auth must be USER:PASSWORD");
    }
    server.user(user.substring(0, colon), user.substring(colon + 1));
  }
}
