package dev.sdlora.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Style;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Limits;
import dev.sdlora.request.Offer;
import dev.sdlora.request.References;
import dev.sdlora.server.gallery.Gallery;
import dev.sdlora.server.gallery.GalleryApi;
import dev.sdlora.server.gallery.JobGallery;
import dev.sdlora.server.gallery.PictureFolder;
import dev.sdlora.server.grids.GridCells;
import dev.sdlora.server.grids.GridsApi;
import dev.sdlora.server.http.Sentences;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.jobs.JobsApi;
import dev.sdlora.server.loras.LorasApi;
import dev.sdlora.server.loras.RecentLoras;
import dev.sdlora.server.openai.ImagesApi;
import dev.sdlora.server.pictures.PicturesApi;
import dev.sdlora.server.pictures.PngInfoApi;
import dev.sdlora.server.pictures.UpscalesApi;
import dev.sdlora.server.prompt.PromptApi;
import dev.sdlora.server.reference.JobPictures;
import dev.sdlora.server.reference.Uploads;
import dev.sdlora.server.sdapi.Sdapi;
import dev.sdlora.server.studio.Studio;
import dev.sdlora.server.training.TrainingsApi;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the pictures of one pipeline over HTTP, to clients of A1111's interface ({@code
 * /sdapi/v1}), of OpenAI's images interface ({@code /v1/images}) and of its own ({@code
 * /api/jobs}), and a web page to draw with. Requests are jobs of one queue, which start in the
 * order of arrival, as many at once as the pipeline was built for; each has its own LoRAs. A client
 * of the first two that goes away ends its job.
 *
 * <p>By default only this machine can ask. Files are known by their names alone: no answer has a
 * path of the server, and no request can name one. Safe for use by several threads.
 */
public final class SdServer implements AutoCloseable {
  /** So long may answers take to leave once their jobs have ended. */
  private static final long STOP_MILLIS = 5000;

  /** So many pictures of clients are kept; a training may name hundreds. */
  private static final int MAX_UPLOADS = 500;

  private static final long MAX_UPLOADED_BYTES = 128L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SdServer.class);

  private final Javalin javalin;
  private final JobQueue queue;
  private final Uploads uploads;
  private final TrainingsApi trainings;
  private final Metrics metrics;
  private final String host;
  private volatile boolean stopping;

  private SdServer(Builder settings) {
    Pipeline pipeline = settings.pipeline;
    this.host = settings.host;
    this.metrics = new Metrics();
    Limits limits = new Limits(settings.maxBodyBytes, settings.maxPixels, settings.maxImages);
    Sentences sentences = new Sentences(folders(settings));
    RecentLoras loras = new RecentLoras(pipeline.loras(), System::nanoTime);
    Optional<PictureFolder> folder = settings.outputDirectory.map(PictureFolder::new);
    this.queue =
        new JobQueue(
            pipeline.concurrency(),
            settings.maxJobs,
            settings.history,
            observer(folder, metrics, sentences));
    this.uploads = new Uploads(MAX_UPLOADS, Math.max(MAX_UPLOADED_BYTES, settings.maxBodyBytes));
    Gallery gallery = folder.isPresent() ? folder.get() : new JobGallery(queue);
    References pictures =
        new References(
            Map.of(
                "picture",
                uploads,
                "job",
                new JobPictures(queue),
                "cell",
                new GridCells(queue),
                "gallery",
                gallery));
    Offer offer =
        new Offer(
            pipeline,
            List.copyOf(settings.upscalerDirectories),
            List.copyOf(settings.controlNetDirectories),
            List.copyOf(settings.styles),
            pictures,
            limits,
            false);
    this.trainings = new TrainingsApi(offer, queue, sentences, settings.trainingDirectory);
    Access access =
        new Access(settings.users, settings.tokens, settings.origins, settings.isLoopback());
    this.javalin =
        Javalin.create(
            config -> {
              set(config, settings);
              config.routes.before(access::check);
              if (settings.rateLimit > 0) {
                config.routes.before(rateLimit(settings)::check);
              }
              config.routes.after(metrics::answered);
              config.routes.exception(
                  Exception.class, (error, context) -> tell(error, context, sentences));
              // Javalin has a form of its own for these.
              config.routes.exception(
                  HttpResponseException.class, (error, context) -> tell(error, context, sentences));
              config.routes.options("/*", context -> context.status(204));
              config.routes.get("/health", context -> context.result("ok"));
              config.routes.get("/ready", this::ready);
              metrics.addTo(config.routes, queue, pipeline);
              new Sdapi(offer, queue, sentences).addTo(config.routes);
              new ImagesApi(offer, queue, sentences).addTo(config.routes);
              new JobsApi(offer, queue, sentences).addTo(config.routes);
              new PicturesApi(uploads, limits).addTo(config.routes);
              PngInfoApi info = new PngInfoApi(offer, sentences);
              info.addTo(config.routes);
              new GalleryApi(gallery, info).addTo(config.routes);
              new UpscalesApi(offer, queue).addTo(config.routes);
              new GridsApi(offer, queue).addTo(config.routes);
              trainings.addTo(config.routes);
              new LorasApi(loras, pipeline.checkpoint(), sentences).addTo(config.routes);
              new PromptApi(pipeline, loras, limits, sentences).addTo(config.routes);
              new Studio(offer).addTo(config.routes);
            });
  }

  /**
   * {@return a builder of which nothing else is required}
   *
   * @param pipeline draws; it stays the caller's to close, after the server
   */
  public static Builder builder(Pipeline pipeline) {
    return new Builder(Objects.requireNonNull(pipeline, "pipeline"));
  }

  private static RateLimit rateLimit(Builder settings) {
    boolean credentials = !settings.users.isEmpty() || !settings.tokens.isEmpty();
    return new RateLimit(settings.rateLimit, credentials, System::nanoTime);
  }

  private static List<Path> folders(Builder settings) {
    List<Path> folders = new ArrayList<>(settings.upscalerDirectories);
    folders.addAll(settings.controlNetDirectories);
    folders.addAll(settings.pipeline.loras().folders());
    settings.outputDirectory.ifPresent(folders::add);
    Path parent = settings.pipeline.checkpoint().path().toAbsolutePath().getParent();
    if (parent != null) {
      folders.add(parent);
    }
    return folders;
  }

  private static void set(JavalinConfig config, Builder settings) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.startup.showOldJavalinVersionWarning = false;
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

  private static JobQueue.Observer observer(
      Optional<PictureFolder> folder, Metrics metrics, Sentences sentences) {
    return new JobQueue.Observer() {
      @Override
      public List<String> workEnded(Job job) {
        return folder.map(pictures -> pictures.save(job)).orElse(List.of());
      }

      @Override
      public void ended(Job job) {
        SdServer.ended(job, metrics, sentences);
      }
    };
  }

  private static void ended(Job job, Metrics metrics, Sentences sentences) {
    metrics.ended(job);
    job.failure()
        .filter(failure -> sentences.of(failure).unexpected())
        .ifPresent(failure -> LOG.error("job {} failed", job.id(), failure));
  }

  private void ready(Context context) {
    context.status(stopping ? 503 : 200).result(stopping ? "stopping" : "ready");
  }

  private static void tell(Exception error, Context context, Sentences sentences) {
    Sentences.Told told = sentences.of(error);
    if (told.unexpected()) {
      LOG.error("{} {} failed", context.method(), context.path(), error);
    }
    if (context.res().isCommitted()) {
      return;
    }
    boolean openAi = context.path().startsWith("/v1/");
    int status = openAi && told.status() == 422 ? 400 : told.status();
    ObjectNode body =
        openAi
            ? ImagesApi.error(status, told.sentence())
            : Fields.object().put("detail", told.sentence());
    told.headers().forEach(context::header);
    if (status == 400 || status == 413) {
      // What is left of the body would be taken for the next request.
      context.header("Connection", "close");
    }
    context.status(status).contentType("application/json").result(Fields.text(body));
  }

  private SdServer start(int port) {
    try {
      javalin.start(host, port);
    } catch (JavalinBindException e) {
      metrics.close();
      throw new IllegalArgumentException(
          "port %s of %s cannot be used: %s".formatted(port, host, e.getMessage()), e);
    }
    return this;
  }

  /** {@return where it listens, such as {@code http://127.0.0.1:7860}} */
  public URI uri() {
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    String name = all ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + javalin.port());
  }

  /**
   * Stops: takes no more jobs, which is answered with 503, waits for those that are there, cancels
   * what is left then, and answers their clients with what is finished. Closing twice does nothing
   * more.
   *
   * @param patience how long to wait before cancelling; zero for not at all
   */
  public void close(Duration patience) {
    Objects.requireNonNull(patience, "patience");
    stopping = true;
    queue.close(patience);
    trainings.close();
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.warn("clients that kept their connections were cut off: {}", e.getMessage());
    }
    uploads.clear();
    metrics.close();
  }

  /** Cancels all jobs and stops; see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
  public static final class Builder {
    private final Pipeline pipeline;
    private final Map<String, String> users = new LinkedHashMap<>();
    private final Set<String> tokens = new LinkedHashSet<>();
    private final Set<String> origins = new LinkedHashSet<>();
    private final List<Path> upscalerDirectories = new ArrayList<>();
    private final List<Path> controlNetDirectories = new ArrayList<>();
    private final List<Style> styles = new ArrayList<>();
    private Optional<Path> outputDirectory = Optional.empty();
    private Optional<Path> trainingDirectory = Optional.empty();
    private String host = "127.0.0.1";
    private int port = 7860;
    private long maxBodyBytes = 64L << 20;
    private long maxPixels = 1 << 22;
    private int maxImages = 16;
    private int maxJobs = 32;
    private int rateLimit;
    private int history = 50;

    private Builder(Pipeline pipeline) {
      this.pipeline = pipeline;
    }

    private boolean isLoopback() {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    /**
     * Sets the port.
     *
     * @param port 0 for any that is free. Default 7860
     * @return this builder
     * @throws IllegalArgumentException if there is no such port
     */
    public Builder port(int port) {
      this.port = (int) within(0, 65535, port, "port");
      return this;
    }

    /**
     * Sets the address to listen on. Give it {@linkplain #user users} or {@linkplain #bearerToken
     * tokens} if others than this machine can reach it.
     *
     * @param address a name or number of this machine; {@code 0.0.0.0} for all. Default 127.0.0.1
     * @return this builder
     */
    public Builder listen(String address) {
      this.host = Objects.requireNonNull(address, "address");
      return this;
    }

    /**
     * Adds somebody who may ask, by HTTP's Basic authentication. Default: everybody may who reaches
     * the server, as long as there are neither users nor tokens.
     *
     * @param name without a colon
     * @param password of at least one character
     * @return this builder
     * @throws IllegalArgumentException if one of them is empty or the name has a colon
     */
    public Builder user(String name, String password) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(password, "password");
      if (name.isEmpty() || password.isEmpty() || name.indexOf(':') >= 0) {
        throw new IllegalArgumentException(
            "a user must have a name without ':' and a password: '" + name + "'");
      }
      users.put(name, password);
      return this;
    }

    /**
     * Adds a token that may stand in {@code Authorization: Bearer}, as OpenAI's clients send it.
     *
     * @param token of at least one character
     * @return this builder
     * @throws IllegalArgumentException if it is blank
     */
    public Builder bearerToken(String token) {
      Objects.requireNonNull(token, "token");
      if (token.isBlank()) {
        throw new IllegalArgumentException("a token must have at least one character");
      }
      tokens.add(token);
      return this;
    }

    /**
     * Allows web pages of an origin to ask (CORS). Default: none but the server's own.
     *
     * @param origin such as {@code https://example.com}, or {@code *} for all
     * @return this builder
     */
    public Builder corsOrigin(String origin) {
      origins.add(Objects.requireNonNull(origin, "origin"));
      return this;
    }

    /**
     * Adds a folder whose upscalers can be asked for by name. For hires fix the pipeline needs it
     * too.
     *
     * @param directory folders inside it do not count
     * @return this builder
     * @throws IllegalArgumentException if it is not a folder
     */
    public Builder upscalerDirectory(Path directory) {
      upscalerDirectories.add(folder(directory));
      return this;
    }

    /**
     * Adds a folder whose ControlNets and T2I-Adapters can be asked for by name.
     *
     * @param directory folders inside it do not count
     * @return this builder
     * @throws IllegalArgumentException if it is not a folder
     */
    public Builder controlNetDirectory(Path directory) {
      controlNetDirectories.add(folder(directory));
      return this;
    }

    /**
     * Sets a folder into which the pictures of every job are written at its end, as PNG with their
     * settings, and whose pictures the gallery shows. Without it, the gallery has those of the jobs
     * that are kept. A picture that cannot be written is a warning of its job.
     *
     * @param directory which is made if it is not there
     * @return this builder
     * @throws IllegalArgumentException if it cannot be made, or is not a folder
     */
    public Builder outputDirectory(Path directory) {
      Objects.requireNonNull(directory, "directory");
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "the folder '%s' cannot be made: %s".formatted(directory, e), e);
      }
      this.outputDirectory = Optional.of(directory);
      return this;
    }

    /**
     * Sets the folder that LoRAs are put into which are trained by requests. Nothing in it is ever
     * replaced.
     *
     * @param directory one of the pipeline's folders with LoRAs, or a folder inside one, so that
     *     prompts can name what was trained. Default: the first of them; without any, nothing can
     *     be trained
     * @return this builder
     * @throws IllegalArgumentException if it is not a folder, or prompts could not name what is in
     *     it
     */
    public Builder trainingDirectory(Path directory) {
      Path folder = folder(directory).toAbsolutePath().normalize();
      if (pipeline.loras().folders().stream()
          .noneMatch(known -> folder.startsWith(known.toAbsolutePath().normalize()))) {
        throw new IllegalArgumentException(
            "trainingDirectory must be one of the pipeline's folders with LoRAs: " + directory);
      }
      this.trainingDirectory = Optional.of(folder);
      return this;
    }

    private static Path folder(Path directory) {
      Objects.requireNonNull(directory, "directory");
      if (!Files.isDirectory(directory)) {
        throw new IllegalArgumentException("'" + directory + "' is not a folder");
      }
      return directory;
    }

    /**
     * Adds styles that can be asked for by name.
     *
     * @param styles as {@link Style#readAll} reads them
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      this.styles.addAll(Objects.requireNonNull(styles, "styles"));
      return this;
    }

    /**
     * Sets how long the body of a request may be.
     *
     * @param bytes from 1024 to 1 GB. Default 64 MB
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxBodyBytes(long bytes) {
      this.maxBodyBytes = within(1024, 1 << 30, bytes, "maxBodyBytes");
      return this;
    }

    /**
     * Sets how many pixels a picture may have, one that is sent or one that is asked for.
     *
     * @param pixels at least 4096. Default 4,194,304, 2048 by 2048
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxPixels(long pixels) {
      this.maxPixels = within(4096, Long.MAX_VALUE, pixels, "maxPixels");
      return this;
    }

    /**
     * Sets how many pictures one request may ask for.
     *
     * @param images from 1 to 1000. Default 16
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxImages(int images) {
      this.maxImages = (int) within(1, 1000, images, "maxImages");
      return this;
    }

    /**
     * Sets how many jobs may wait and draw; more are answered with 429.
     *
     * @param jobs from 1 to 150, as each keeps a thread of the server. Default 32
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxJobs(int jobs) {
      this.maxJobs = (int) within(1, 150, jobs, "maxJobs");
      return this;
    }

    /**
     * Sets how many jobs each client may ask for in a minute; more are answered with 429 and when
     * to come back. Clients are told apart by their credentials, or by their address if there are
     * none.
     *
     * @param jobsPerMinute from 1 to 10,000, or 0 for no limit, the default
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder rateLimit(int jobsPerMinute) {
      this.rateLimit = (int) within(0, 10_000, jobsPerMinute, "rateLimit");
      return this;
    }

    /**
     * Sets how many jobs that have ended are kept with their pictures. Those with the most pixels
     * may go sooner: 100 MB are kept in all.
     *
     * @param jobs from 1 to 1000. Default 50
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder history(int jobs) {
      this.history = (int) within(1, 1000, jobs, "history");
      return this;
    }

    private static long within(long least, long most, long value, String name) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s must be from %s to %s: %s".formatted(name, least, most, value));
      }
      return value;
    }

    /**
     * Starts a server with these settings.
     *
     * @return the server, which answers already
     * @throws IllegalArgumentException if the address or the port cannot be used
     */
    public SdServer start() {
      return new SdServer(this).start(port);
    }
  }
}
