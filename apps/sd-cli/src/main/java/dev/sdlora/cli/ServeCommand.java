package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.StopOnExit;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.option.ClusterOptions;
import dev.sdlora.cli.option.KeyOptions;
import dev.sdlora.cli.option.NameableOptions;
import dev.sdlora.cli.option.ResultOptions;
import dev.sdlora.cli.option.TelemetryOptions;
import dev.sdlora.server.SdServer;
import dev.sdlora.server.SdServerBuilder;
import dev.sdlora.server.SdWorker;
import dev.sdlora.tensors.io.CacheFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
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

/** {@code sd serve}: serves images over HTTP. */
@Command(
    name = "serve",
    customSynopsis = "sd serve [OPTIONS]",
    description = {
      "Serve images over HTTP: web studio, A1111 API and OpenAI API.",
      "",
      "Examples:",
      "  sd serve",
      "  sd serve --checkpoint m.safetensors --lora-dir loras --port 7860",
      "  sd serve --checkpoint-dir models --lora-dir loras",
      "  sd serve --listen --api-auth me:secret --api-key sk-secret"
    })
@Heading("Access and limits")
final class ServeCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final NameableOptions nameable = new NameableOptions();
  @Mixin private final ClusterOptions cluster = new ClusterOptions();
  @Mixin private final TelemetryOptions telemetry = new TelemetryOptions();
  @Mixin private final KeyOptions keys = new KeyOptions();
  @Mixin private final ResultOptions results = new ResultOptions();
  @Mixin private final Console console = new Console();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7860",
      description = "Port; 0 for any free port. Default: ${DEFAULT-VALUE}.")
  private int port = 7860;

  @Option(
      names = "--listen",
      arity = "0..1",
      fallbackValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description =
          "Accept connections from other machines, on all addresses or on one. Default: this"
              + " machine only.")
  private Optional<String> listen = Optional.empty();

  @Option(
      names = "--api-auth",
      paramLabel = "USER:PASSWORD",
      description =
          "Credentials for Basic authentication; repeatable. Default: none, open to everyone.")
  private List<String> users = new ArrayList<>();

  @Option(
      names = "--cors-allow-origin",
      paramLabel = "ORIGIN",
      description =
          "Origin of web pages that may use the API, such as https://example.com, or *; repeatable."
              + " Default: none.")
  private List<String> origins = new ArrayList<>();

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description =
          "Host name to accept in requests, such as images.example.com, .example.com for all"
              + " subdomains, or *; repeatable. Default: localhost and IP addresses; any name if"
              + " credentials are required.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--trusted-proxy",
      paramLabel = "ADDRESS[/BITS]",
      description =
          "Proxy whose X-Forwarded-… headers give the client, the host name and the path prefix;"
              + " repeatable. Default: none, the headers are ignored.")
  private List<String> proxies = new ArrayList<>();

  @Option(
      names = "--proxy-header",
      paramLabel = "NAME",
      defaultValue = "X-Forwarded-For",
      description =
          "Header in which trusted proxies give the client: X-Forwarded-For, with -Proto and"
              + " -Host, or Forwarded. The other one is ignored. Default: ${DEFAULT-VALUE}.")
  private String proxyHeader = "X-Forwarded-For";

  @Option(
      names = "--jobs",
      paramLabel = "PLACE",
      description =
          "Database of jobs, which survive a restart: a folder, a PostgreSQL address such as"
              + " jdbc:postgresql://host/name?user=sd that several servers share, or none. Default:"
              + " a folder in the cache, by port.")
  private Optional<String> jobs = Optional.empty();

  @Option(
      names = "--job-age",
      paramLabel = "DAYS",
      defaultValue = "7",
      description =
          "Days after which ended jobs and their images are deleted. Default: ${DEFAULT-VALUE}.")
  private int jobAge = 7;

  @Option(
      names = "--training-dir",
      paramLabel = "DIR",
      description =
          "Folder for LoRAs trained in the studio, created if missing; prompts can name them at"
              + " once. Default: the first folder with LoRAs.")
  private Optional<Path> trainings = Optional.empty();

  @Option(
      names = "--segmentation",
      paramLabel = "ENCODER,DECODER",
      description =
          "ONNX files of MobileSAM, SAM or SAM 2, which make a mask of what is clicked at in the"
              + " studio. Default: none, masks are painted.")
  private Optional<String> segmentation = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of jobs that run at once. Default: ${DEFAULT-VALUE}.")
  private int concurrency = 1;

  @Option(
      names = "--max-jobs",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Maximum number of running and waiting jobs; further requests get 429. Default:"
              + " ${DEFAULT-VALUE}.")
  private int maxJobs = 32;

  @Option(
      names = "--rate-limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Jobs per client and minute; further requests get 429. Default: no limit.")
  private int rateLimit = 0;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "4194304",
      description =
          "Maximum number of pixels in an image. Default: ${DEFAULT-VALUE}, 2048 by 2048.")
  private long maxPixels = 1 << 22;

  @Option(
      names = "--max-side",
      paramLabel = "PIXELS",
      description =
          "Longest side of images requested through OpenAI's API; larger sizes are reduced."
              + " Default: no limit.")
  private Optional<Integer> maxSide = Optional.empty();

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      defaultValue = "67108864",
      description = "Maximum size of a request body. Default: ${DEFAULT-VALUE}.")
  private long maxBody = 64L << 20;

  @Option(
      names = "--ignore-scripts",
      description =
          "Ignore A1111 scripts in requests, such as CADS, with a warning. Default: reject"
              + " such requests.")
  private boolean ignoreScripts = false;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "Time for jobs to finish after Ctrl-C; the rest are cancelled. Default:"
              + " ${DEFAULT-VALUE}.")
  private int grace = 0;

  @Override
  public Integer call() {
    StopOnExit.waitLonger(Duration.ofSeconds(Math.max(0, grace)));
    if (grace < 0) {
      throw console.badUsage("--grace must be at least 0: " + grace);
    }
    cluster.check(jobs, console);
    telemetry.start();
    try {
      requirePort();
      if (cluster.role() == ClusterOptions.Role.WORKER) {
        return work();
      }
      Optional<SegmentationModel> masks = segmentation.map(this::openSegmentation);
      try {
        return serve(masks);
      } finally {
        masks.ifPresent(SegmentationModel::close);
      }
    } finally {
      telemetry.close();
    }
  }

  private int serve(Optional<SegmentationModel> masks) {
    Checkpoint checkpoint = model.openFirst(console);
    try (Pipeline pipeline = model.load(builder(), checkpoint, console);
        SdServer server = start(pipeline, masks)) {
      console.out().println(server.uri());
      console
          .out()
          .println("Studio at /, A1111 API at /sdapi/v1, OpenAI API at /v1; press Ctrl-C to stop.");
      console.out().flush();
      if (listen.isPresent() && users.isEmpty() && !keys.areGiven()) {
        console.warn(
            "anyone who can reach this machine has access; use --api-auth, --api-key or --api-keys"
                + " to restrict it");
      }
      untilStopped();
      server.close(Duration.ofSeconds(Math.max(0, grace)));
    }
    return 0;
  }

  private boolean isFront() {
    return cluster.role() == ClusterOptions.Role.FRONT;
  }

  /** Draws the jobs of fronts. */
  private int work() {
    model.requireOneDevice("start a worker for each", console);
    SdWorker.Builder worker =
        SdWorker.builder(jobs.orElseThrow()).port(port).pipelines(model::configure);
    set("--concurrency", concurrency, worker::concurrency);
    listen.ifPresent(worker::listen);
    results.set(worker);
    telemetry.telemetry().ifPresent(worker::openTelemetry);
    CacheFolder.ofUser().map(user -> user.resolve("files")).ifPresent(worker::cache);
    cluster.front().ifPresent(front -> worker.front(front, cluster.frontKey()));
    model.givenFolders().forEach(worker::folder);
    nameable.controlNetFolders().forEach(worker::folder);
    Pipeline.warmUp();
    try (SdWorker started = worker.start()) {
      console.out().println(started.uri());
      console.out().println("Health at /health and /ready, metrics at /metrics; Ctrl-C stops.");
      console.out().flush();
      untilStopped();
      started.close(Duration.ofSeconds(grace));
    }
    return 0;
  }

  private Pipeline.Builder builder() {
    Pipeline.Builder builder = Pipeline.builder().withoutWeights(isFront());
    set("--concurrency", concurrency, builder::concurrency);
    set("--max-pixels", maxPixels, builder::maxPixels);
    OptionValue.set("--training-dir", trainings, ServeCommand::create);
    trainings.filter(this::isNew).ifPresent(builder::loraDirectory);
    return builder;
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot create the folder '%s': %s".formatted(folder, FileReason.of(e)), e);
    }
  }

  /** Tests the port before loading the model, which takes longer. */
  private void requirePort() {
    String address = listen.orElse("127.0.0.1");
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (UnknownHostException e) {
      throw console.badUsage("--listen has an unknown address: " + address);
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot use --port %s on %s: %s".formatted(port, address, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw console.badUsage("--port must be from 0 to 65535: " + port);
    }
  }

  private SegmentationModel openSegmentation(String files) {
    String[] parts = files.split(",", -1);
    if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw console.badUsage(
          "--segmentation must be two files, ENCODER.onnx,DECODER.onnx: " + files);
    }
    return SegmentationModel.open(Path.of(parts[0].strip()), Path.of(parts[1].strip()));
  }

  /** Waits until Ctrl-C or SIGTERM interrupts the command. */
  private static void untilStopped() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // This thread continues with an orderly shutdown.
    }
  }

  /** Whether the folder is outside all folders with LoRAs, which list their files already. */
  private boolean isNew(Path folder) {
    Path own = folder.toAbsolutePath().normalize();
    return model.loraFolders().stream()
        .noneMatch(known -> own.startsWith(known.toAbsolutePath().normalize()));
  }

  private SdServer start(Pipeline pipeline, Optional<SegmentationModel> masks) {
    Optional<Path> usual =
        jobs.isPresent() || port == 0
            ? Optional.empty()
            : CacheFolder.ofUser().map(cache -> cache.resolve("jobs").resolve("" + port));
    if (usual.isPresent()) {
      try {
        return settings(pipeline, masks).jobs(usual.get().toString(), age()).start();
      } catch (IllegalStateException e) {
        console.warn(e.getMessage() + "; jobs end with this process (--jobs names another place)");
      }
    }
    SdServerBuilder server = settings(pipeline, masks);
    jobs.filter(place -> !place.equals("none"))
        .ifPresent(place -> set("--jobs", place, given -> server.jobs(given, age())));
    return server.start();
  }

  private Duration age() {
    if (jobAge < 1) {
      throw console.badUsage("--job-age must be at least 1: " + jobAge);
    }
    return Duration.ofDays(jobAge);
  }

  private SdServerBuilder settings(Pipeline pipeline, Optional<SegmentationModel> masks) {
    SdServerBuilder server = SdServer.builder(pipeline).port(port);
    listen.ifPresent(server::listen);
    users.forEach(user -> add(user, server));
    keys.set(server);
    origins.forEach(server::corsOrigin);
    hosts.forEach(host -> set("--allowed-host", host, server::allowedHost));
    proxies.forEach(proxy -> set("--trusted-proxy", proxy, server::trustedProxy));
    set("--proxy-header", proxyHeader, server::proxyHeader);
    model.upscalerFolders().forEach(server::upscalerDirectory);
    model
        .checkpointFolders()
        .forEach(
            folder ->
                server.checkpointDirectory(
                    folder, other -> model.loadOther(builder(), other, console)));
    nameable.controlNetFolders().forEach(server::controlNetDirectory);
    trainings.ifPresent(server::trainingDirectory);
    nameable.stylesFile(console).ifPresent(server::styles);
    results.set(server, console);
    masks.ifPresent(server::segmentation);
    telemetry.telemetry().ifPresent(server::openTelemetry);
    server.ignoreScripts(ignoreScripts);
    if (isFront()) {
      server.front();
    }
    set("--max-jobs", maxJobs, server::maxJobs);
    set("--rate-limit", rateLimit, server::rateLimit);
    set("--max-pixels", maxPixels, server::maxPixels);
    maxSide.ifPresent(pixels -> set("--max-side", pixels, server::maxSide));
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
