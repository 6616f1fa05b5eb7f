package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.request.context.Models;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.server.cluster.FilesApi;
import dev.sdlora.server.cluster.RequestFiles;
import dev.sdlora.server.cluster.WorkersApi;
import dev.sdlora.server.gallery.CommonGallery;
import dev.sdlora.server.gallery.Gallery;
import dev.sdlora.server.gallery.GalleryApi;
import dev.sdlora.server.gallery.ImageFolder;
import dev.sdlora.server.gallery.JobGallery;
import dev.sdlora.server.grids.GridCells;
import dev.sdlora.server.grids.GridsApi;
import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.PublicAddress;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.image.MasksApi;
import dev.sdlora.server.image.PngInfoApi;
import dev.sdlora.server.image.UploadsApi;
import dev.sdlora.server.image.UpscalesApi;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.api.JobsApi;
import dev.sdlora.server.job.api.UsageApi;
import dev.sdlora.server.job.shared.DrawingJobs;
import dev.sdlora.server.job.shared.ModelProvider;
import dev.sdlora.server.job.shared.SharedJobs;
import dev.sdlora.server.key.Keys;
import dev.sdlora.server.key.QuotaException;
import dev.sdlora.server.key.Quotas;
import dev.sdlora.server.key.Usage;
import dev.sdlora.server.loras.LorasApi;
import dev.sdlora.server.loras.RecentLoras;
import dev.sdlora.server.mcp.DrawingModel;
import dev.sdlora.server.mcp.McpApi;
import dev.sdlora.server.models.ServerModels;
import dev.sdlora.server.observe.AccessLog;
import dev.sdlora.server.observe.JobSpans;
import dev.sdlora.server.observe.JobWatch;
import dev.sdlora.server.observe.Metrics;
import dev.sdlora.server.openai.ImagesApi;
import dev.sdlora.server.prompt.PromptApi;
import dev.sdlora.server.prompt.StylesApi;
import dev.sdlora.server.reference.JobImages;
import dev.sdlora.server.reference.Uploads;
import dev.sdlora.server.results.Results;
import dev.sdlora.server.sdapi.Sdapi;
import dev.sdlora.server.studio.Studio;
import dev.sdlora.server.trace.HttpSpans;
import dev.sdlora.server.training.TrainingsApi;
import dev.sdlora.server.transport.Access;
import dev.sdlora.server.transport.Transport;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a pipeline over HTTP: A1111's API ({@code /sdapi/v1}), OpenAI's images API ({@code
 * /v1/images}), its own API ({@code /api/jobs}), tools for language models ({@code /mcp}) and a web
 * page, the studio. Requests become jobs of one queue, which start in order of arrival, as many at
 * once as the pipeline was built for; each job has its own LoRAs. If a client of the first two APIs
 * or of the tools disconnects, its job is cancelled.
 *
 * <p>By default only this machine can connect. Files are known by name only: no response contains a
 * path of the server, and no request can name one. Safe for use by several threads.
 */
public final class SdServer implements AutoCloseable {
  /** Time that responses have to finish once their jobs have ended. */
  private static final long STOP_MILLIS = 5000;

  /** Limit of uploaded images; one training may refer to hundreds. */
  private static final int MAX_UPLOADS = 500;

  private static final long MAX_UPLOADED_BYTES = 128L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SdServer.class);

  private final Javalin javalin;
  private final List<Route> routes;
  private final JobQueue queue;
  private final Optional<ServerModels> models;
  private final Optional<SharedJobs> shared;
  private final DrawingJobs drawings;
  private final Optional<Results> results;
  private final Uploads uploads;
  private final TrainingsApi trainings;
  private final McpApi tools;
  private final MasksApi masks;
  private final Metrics metrics;
  private final Transport transport;
  private final String host;
  private volatile boolean stopping;

  SdServer(SdServerBuilder settings, Optional<Results> results) {
    Pipeline pipeline = settings.pipeline;
    this.host = settings.host;
    this.metrics = new Metrics();
    RequestLimits limits = settings.limits();
    ErrorMessages messages = new ErrorMessages(folders(settings));
    RecentLoras loras = new RecentLoras(pipeline.loras(), System::nanoTime);
    this.results = results;
    Usage counts = Usage.inMemory();
    Quotas quotas =
        new Quotas(() -> storedUsage().orElse(counts), System::nanoTime, System::currentTimeMillis);
    this.queue =
        new JobQueue(
            pipeline.concurrency(),
            settings.maxJobs,
            settings.history,
            new JobWatch(metrics, new JobSpans(settings.telemetry()), messages, results),
            quotas,
            System::nanoTime);
    this.uploads = new Uploads(MAX_UPLOADS, Math.max(MAX_UPLOADED_BYTES, settings.maxBodyBytes));
    Optional<Path> folder = results.flatMap(Results::folder);
    Gallery gallery =
        folder.isPresent()
            ? new CommonGallery(new ImageFolder(folder.get()))
            : new JobGallery(queue);
    References images =
        new References(
            Map.of(
                "picture",
                uploads,
                "job",
                new JobImages(this::find),
                "cell",
                new GridCells(this::find),
                "gallery",
                gallery));
    this.models =
        settings.opener.map(
            opener ->
                new ServerModels(
                    pipeline, settings.checkpointDirectories, opener, settings.maxWeightBytes));
    StylesApi styles = new StylesApi(settings.styles);
    RequestContext requestContext =
        new RequestContext(
            models.isPresent() ? models.get() : Models.only(pipeline),
            Optional.empty(),
            List.copyOf(settings.upscalerDirectories),
            List.copyOf(settings.controlNetDirectories),
            styles.styles(),
            images,
            limits,
            false,
            settings.ignoreScripts);
    this.shared = shared(settings, requestContext, messages);
    Optional<FilesApi> published =
        settings.front ? Optional.of(new FilesApi(requestContext)) : Optional.empty();
    this.drawings =
        new DrawingJobs(
            queue,
            shared,
            submission -> published.map(files -> RequestFiles.of(submission, files)));
    this.trainings = new TrainingsApi(requestContext, queue, messages, settings.trainingDirectory);
    this.masks = new MasksApi(requestContext, settings.segmentation);
    SignedPaths signed =
        shared
            .map(jobs -> new SignedPaths(jobs::signingKey, InstantSource.system()))
            .orElseGet(() -> new SignedPaths(SignedPaths.randomKey(), InstantSource.system()));
    this.transport = transport(settings, messages, signed);
    RateLimit limit = new RateLimit(settings.rateLimit, System::nanoTime);
    this.tools =
        new McpApi(
            new DrawingModel(requestContext, queue, drawings, loras, messages),
            limits,
            limit::count,
            signed);
    metrics.measure(queue, requestContext.models()::liveTensors);
    models.ifPresent(metrics::add);
    shared.ifPresent(metrics::add);
    PngInfoApi info = new PngInfoApi(requestContext, messages);
    this.routes =
        Stream.of(
                signsOfLife(),
                metrics.routes(),
                new Sdapi(requestContext, queue, drawings, messages).routes(),
                new ImagesApi(requestContext, drawings, messages, signed, settings.maxSide)
                    .routes(),
                new JobsApi(requestContext, queue, drawings, messages, signed).routes(),
                new WorkersApi(shared).routes(),
                new UsageApi(queue, quotas).routes(),
                published.map(FilesApi::routes).orElse(List.of()),
                new UploadsApi(uploads, limits).routes(),
                info.routes(),
                new GalleryApi(gallery, info, signed).routes(),
                new UpscalesApi(requestContext, queue).routes(),
                masks.routes(),
                new GridsApi(requestContext, drawings).routes(),
                trainings.routes(),
                new LorasApi(loras, requestContext, messages).routes(),
                new PromptApi(requestContext, loras, messages).routes(),
                styles.routes(),
                tools.routes(),
                new Studio(requestContext, masks.available(), styles::canSave).routes())
            .flatMap(List::stream)
            .map(route -> settings.front ? route.ofFront() : route)
            .toList();
    this.javalin =
        Javalin.create(
            config -> {
              set(config, settings);
              transport.addTo(config);
              config.routes.beforeMatched(limit::check);
              config.jetty.modifyServer(server -> server.setRequestLog(this::answered));
              config.routes.exception(
                  Exception.class, (error, context) -> answerError(error, context, messages));
              config.routes.exception(
                  QuotaException.class,
                  (error, context) -> {
                    metrics.refused(error);
                    answerError(error, context, messages);
                  });
              // Javalin has its own format for these errors.
              config.routes.exception(
                  HttpResponseException.class,
                  (error, context) -> answerError(error, context, messages));
              config.routes.before(SdServer::answerOptions);
              config.routes.after(PublicAddress::completeLocation);
              routes.forEach(route -> route.addTo(config.routes));
            });
  }

  private Optional<Job> find(String id) {
    return drawings.find(id);
  }

  private Optional<Usage> storedUsage() {
    return shared.map(SharedJobs::usage);
  }

  private Optional<SharedJobs> shared(
      SdServerBuilder settings, RequestContext requestContext, ErrorMessages messages) {
    try {
      return settings.jobs.map(
          place ->
              new SharedJobs(
                  place,
                  queue,
                  settings.front ? ModelProvider.none() : ModelProvider.of(requestContext),
                  messages,
                  settings.ageOfJobs(),
                  settings.history,
                  Map.of(GridsApi.KIND, GridsApi::read),
                  metrics,
                  results,
                  System::nanoTime));
    } catch (RuntimeException e) {
      metrics.close();
      throw e;
    }
  }

  /**
   * {@return a builder; no settings are required}
   *
   * @param pipeline the pipeline to serve; the caller closes it after the server, and may do so
   *     even if the server has {@linkplain SdServerBuilder#checkpointDirectory closed} it
   */
  public static SdServerBuilder builder(Pipeline pipeline) {
    return new SdServerBuilder(Objects.requireNonNull(pipeline, "pipeline"));
  }

  private static Transport transport(
      SdServerBuilder settings, ErrorMessages messages, SignedPaths signed) {
    Set<String> hosts = new HashSet<>(settings.allowedHosts);
    Keys keys = new Keys(settings.apiKeys, settings.apiKeyFile);
    boolean credentials = !settings.users.isEmpty() || !settings.tokens.isEmpty() || keys.exist();
    // Browsers send no credentials to a host name that is not the server's own.
    hosts.add(hosts.isEmpty() && credentials ? "*" : settings.host);
    Access access =
        new Access(settings.users, settings.tokens, keys, settings.origins, hosts, signed);
    int longRequests = settings.maxJobs + JobsApi.MOST_WATCHERS;
    return new Transport(
        access,
        messages,
        settings.maxBodyBytes,
        longRequests,
        settings.trustedProxies,
        settings.proxyHeader,
        new HttpSpans(settings.telemetry()));
  }

  private static List<Path> folders(SdServerBuilder settings) {
    List<Path> folders = new ArrayList<>(settings.upscalerDirectories);
    folders.addAll(settings.controlNetDirectories);
    folders.addAll(settings.checkpointDirectories);
    folders.addAll(settings.pipeline.loras().folders());
    settings.pipeline.preprocessors().forEach(each -> each.directory().ifPresent(folders::add));
    settings.styles.map(Path::toAbsolutePath).map(Path::getParent).ifPresent(folders::add);
    settings.results.filter(place -> !place.contains("://")).map(Path::of).ifPresent(folders::add);
    Path parent = settings.pipeline.checkpoint().path().toAbsolutePath().getParent();
    if (parent != null) {
      folders.add(parent);
    }
    return folders;
  }

  private static void set(JavalinConfig config, SdServerBuilder settings) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = settings.maxBodyBytes;
    config.http.defaultContentType = "application/json";
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.multipartConfig.maxTotalRequestSize(settings.maxBodyBytes, SizeUnit.BYTES);
    config.jetty.multipartConfig.maxFileSize(settings.maxBodyBytes, SizeUnit.BYTES);
    config.jetty.multipartConfig.maxInMemoryFileSize(
        (int) Math.min(Integer.MAX_VALUE, settings.maxBodyBytes), SizeUnit.BYTES);
    config.jetty.modifyServer(server -> server.setStopTimeout(STOP_MILLIS));
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
  }

  private void answered(Request request, Response response) {
    metrics.answered(request, response);
    AccessLog.answered(request, response);
    HttpSpans.end(request, response);
  }

  /** Answers OPTIONS here, because a route would add OPTIONS to the methods of every path. */
  private static void answerOptions(Context context) {
    if (context.method().equals(HandlerType.OPTIONS)) {
      context.status(204).skipRemainingHandlers();
    }
  }

  private List<Route> signsOfLife() {
    return List.of(
        Route.get("/health", context -> context.result("ok")).forEveryone(),
        Route.get("/ready", this::ready).forEveryone());
  }

  private void ready(Context context) {
    boolean lost = !shared.map(SharedJobs::isReachable).orElse(true);
    context
        .status(stopping || lost ? 503 : 200)
        .result(
            stopping ? "stopping" : lost ? "the database of the jobs cannot be used now" : "ready");
  }

  private static void answerError(Exception error, Context context, ErrorMessages messages) {
    ErrorMessages.Message message = messages.of(error);
    if (message.unexpected()) {
      LOG.error("{} {} failed", context.method(), context.path(), error);
    }
    if (context.res().isCommitted()) {
      return;
    }
    ErrorAnswer.of(context.path(), message).send(context);
  }

  SdServer start(int port) {
    try {
      javalin.start(host, port);
      shared.ifPresent(SharedJobs::start);
      results.ifPresent(Results::start);
    } catch (JavalinBindException e) {
      metrics.close();
      shared.ifPresent(SharedJobs::close);
      throw new IllegalArgumentException(
          "cannot listen on port %s of %s: %s".formatted(port, host, e.getMessage()), e);
    }
    return this;
  }

  /** Returns all routes. */
  List<Route> routes() {
    return routes;
  }

  /** {@return the address of the server, such as {@code http://127.0.0.1:7860}} */
  public URI uri() {
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    String name = all ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + javalin.port());
  }

  /**
   * Stops the server: refuses new jobs with 503, waits for unfinished ones, cancels those that
   * remain, and answers their clients with the finished images. Closing twice has no further
   * effect.
   *
   * @param patience the time to wait before cancelling jobs; zero to cancel at once
   */
  public void close(Duration patience) {
    Objects.requireNonNull(patience, "patience");
    stopping = true;
    shared.ifPresent(SharedJobs::stopClaiming);
    queue.close(patience);
    shared.ifPresent(SharedJobs::close);
    results.ifPresent(Results::close);
    trainings.close();
    masks.close();
    transport.stop();
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.warn("connections of clients that did not finish were closed: {}", e.getMessage());
    }
    tools.close();
    models.ifPresent(ServerModels::close);
    uploads.clear();
    metrics.close();
  }

  /** Cancels all jobs and stops the server; see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
