package dev.sdlora.server;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.key.KeyFile;
import dev.sdlora.server.key.Keys;
import dev.sdlora.server.results.Results;
import dev.sdlora.server.transport.TrustedProxies;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Collects the settings of an {@link SdServer}. Every setter checks its value immediately. Not safe
 * for use by several threads.
 */
public final class SdServerBuilder {
  private static final Pattern HOST_NAME =
      Pattern.compile("\\.?[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?");

  final Pipeline pipeline;
  final Map<String, String> users = new LinkedHashMap<>();
  final Set<String> tokens = new LinkedHashSet<>();
  final List<Key> apiKeys = new ArrayList<>();
  Optional<KeyFile> apiKeyFile = Optional.empty();
  final Set<String> origins = new LinkedHashSet<>();
  final Set<String> allowedHosts = new LinkedHashSet<>();
  final Set<String> trustedProxies = new LinkedHashSet<>();
  String proxyHeader = "X-Forwarded-For";
  final List<Path> upscalerDirectories = new ArrayList<>();
  final List<Path> controlNetDirectories = new ArrayList<>();
  Optional<Path> styles = Optional.empty();
  final List<Path> checkpointDirectories = new ArrayList<>();
  Optional<Function<Checkpoint, Pipeline>> opener = Optional.empty();
  OptionalLong maxWeightBytes = OptionalLong.empty();
  Optional<SegmentationModel> segmentation = Optional.empty();
  Optional<String> results = Optional.empty();
  Optional<Duration> resultsAge = Optional.empty();
  Optional<Path> trainingDirectory = Optional.empty();
  String host = "127.0.0.1";
  private int port = 7860;
  long maxBodyBytes = 64L << 20;
  long maxPixels = 1 << 22;
  int maxSide = Integer.MAX_VALUE;
  int maxImages = 16;
  boolean ignoreScripts;
  int maxJobs = 32;
  int rateLimit;
  int history = 50;
  Optional<String> jobs = Optional.empty();
  boolean front;
  Duration jobAge = Duration.ofDays(7);
  private Optional<OpenTelemetry> telemetry = Optional.empty();

  SdServerBuilder(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Sets the port.
   *
   * @param port a port; 0 for any free one. Default 7860
   * @return this builder
   * @throws IllegalArgumentException if the port is out of range
   */
  public SdServerBuilder port(int port) {
    this.port = (int) within(0, 65535, port, "port");
    return this;
  }

  /**
   * Sets the address to listen on. Add {@linkplain #user users} or {@linkplain #bearerToken tokens}
   * if other machines can reach it.
   *
   * @param address a host name or IP address of this machine; {@code 0.0.0.0} for all. Default
   *     127.0.0.1
   * @return this builder
   */
  public SdServerBuilder listen(String address) {
    this.host = Objects.requireNonNull(address, "address");
    return this;
  }

  /**
   * Adds a user for HTTP Basic authentication. By default, without users and tokens, everyone who
   * can reach the server may use it.
   *
   * @param name the user name, without a colon
   * @param password the password, at least one character
   * @return this builder
   * @throws IllegalArgumentException if one of them is empty or the name contains a colon
   */
  public SdServerBuilder user(String name, String password) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(password, "password");
    if (name.isEmpty() || password.isEmpty() || name.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "a user must have a password and a name without ':': '" + name + "'");
    }
    users.put(name, password);
    return this;
  }

  /**
   * Adds a token that clients send as {@code Authorization: Bearer}, as OpenAI's clients do.
   *
   * @param token the token, at least one character
   * @return this builder
   * @throws IllegalArgumentException if the token is blank
   */
  public SdServerBuilder bearerToken(String token) {
    Objects.requireNonNull(token, "token");
    if (token.isBlank()) {
      throw new IllegalArgumentException("a token must have at least one character");
    }
    tokens.add(token);
    return this;
  }

  /**
   * Adds a named API key with limits, which clients send as {@code Authorization: Bearer}. The
   * limits hold in addition to those of the server.
   *
   * @param key the key; its name and token must be unique
   * @return this builder
   * @throws IllegalArgumentException if another key has its name or token
   */
  public SdServerBuilder apiKey(ApiKey key) {
    Objects.requireNonNull(key, "key");
    List<Key> all = new ArrayList<>(apiKeys);
    all.add(key.key());
    var unused = new Keys(all, Optional.empty());
    apiKeys.add(key.key());
    return this;
  }

  /**
   * Sets a JSON file of API keys with their limits, such as {@code [{"name": "web", "key": "sk-…",
   * "priority": 5, "jobsPerMinute": 30, "maxJobs": 8, "imagesPerDay": 1000}]}. An entry has either
   * {@code key} or its {@code sha256}; {@code "private": true} hides the jobs of others. The server
   * reads the file again when it changes; if it is invalid then, the keys that were read before
   * stay valid.
   *
   * @param file a file
   * @return this builder
   * @throws IllegalArgumentException if it cannot be read or is invalid
   */
  public SdServerBuilder apiKeys(Path file) {
    this.apiKeyFile = Optional.of(KeyFile.open(Objects.requireNonNull(file, "file")));
    return this;
  }

  /**
   * Allows web pages of an origin to call the server (CORS). By default only the server's own pages
   * may.
   *
   * @param origin an origin such as {@code https://example.com}, or {@code *} for all
   * @return this builder
   */
  public SdServerBuilder corsOrigin(String origin) {
    origins.add(Objects.requireNonNull(origin, "origin"));
    return this;
  }

  /**
   * Allows requests that address the server by a host name. IP addresses, {@code localhost} and the
   * name given to {@link #listen} are always allowed; so are all names if there are {@linkplain
   * #user users} or {@linkplain #bearerToken tokens} and no allowed hosts. This prevents pages of
   * other sites from using the server through a name that resolves to it (DNS rebinding).
   *
   * @param name a host name such as {@code images.example.com}; with a leading dot, as in {@code
   *     .example.com}, the domain and all its subdomains; {@code *} for all names
   * @return this builder
   * @throws IllegalArgumentException if it is not a host name, for example because it has a scheme
   *     or a port
   */
  public SdServerBuilder allowedHost(String name) {
    Objects.requireNonNull(name, "name");
    if (!name.equals("*") && !HOST_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an allowed host must be a name without scheme and port, such as images.example.com: '"
              + name
              + "'");
    }
    allowedHosts.add(name);
    return this;
  }

  /**
   * Trusts a proxy in front of this server to report the client in {@code X-Forwarded-For}, {@code
   * X-Forwarded-Proto} and {@code X-Forwarded-Host}, or in {@code Forwarded} if {@link
   * #proxyHeader} says so, and in {@code X-Forwarded-Prefix} the path that it removes. The
   * {@linkplain #rateLimit rate limit} then counts by the client's address, and the studio and
   * addresses of images work under the proxy's host name and path. By default no proxy is trusted
   * and these headers are ignored.
   *
   * @param addresses the IP address of the proxy, or a block of addresses such as {@code
   *     10.0.0.0/8}
   * @return this builder
   * @throws IllegalArgumentException if these are not IP addresses
   */
  public SdServerBuilder trustedProxy(String addresses) {
    Objects.requireNonNull(addresses, "addresses");
    trustedProxies.add(TrustedProxies.require(addresses));
    return this;
  }

  /**
   * Sets the header in which trusted proxies report the client. The other one is ignored, because
   * clients may have sent it.
   *
   * @param name {@code X-Forwarded-For}, next to {@code X-Forwarded-Proto} and {@code
   *     X-Forwarded-Host}, or {@code Forwarded}. Default {@code X-Forwarded-For}
   * @return this builder
   * @throws IllegalArgumentException if it is another name
   */
  public SdServerBuilder proxyHeader(String name) {
    this.proxyHeader = TrustedProxies.requireHeader(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Adds a folder of upscalers that requests can name. For hires fix, add it to the pipeline too.
   *
   * @param directory a folder; its subfolders are ignored
   * @return this builder
   * @throws IllegalArgumentException if it is not a folder
   */
  public SdServerBuilder upscalerDirectory(Path directory) {
    upscalerDirectories.add(folder(directory));
    return this;
  }

  /**
   * Adds a folder of ControlNets, T2I-Adapters and IP-Adapters that requests can name.
   *
   * @param directory a folder; its subfolders are ignored
   * @return this builder
   * @throws IllegalArgumentException if it is not a folder
   */
  public SdServerBuilder controlNetDirectory(Path directory) {
    controlNetDirectories.add(folder(directory));
    return this;
  }

  /**
   * Adds a folder of checkpoints that requests can choose by name or hash, in addition to that of
   * the pipeline. Their weights are loaded for the first request and kept while {@linkplain
   * #maxWeightBytes memory} lasts; then those that were not used for the longest time are unloaded,
   * never while a request uses them. This also applies to the pipeline, which the server therefore
   * closes at its end.
   *
   * @param directory a folder, searched with its subfolders; files that are no checkpoints are left
   *     out
   * @param opener builds a pipeline for a checkpoint of any folder, or again for the first one,
   *     with the LoRA, embedding and other folders and the concurrency of the first pipeline;
   *     called by one thread at a time. The last given one is used for all folders
   * @return this builder
   * @throws IllegalArgumentException if it is not a folder
   */
  public SdServerBuilder checkpointDirectory(
      Path directory, Function<Checkpoint, Pipeline> opener) {
    this.opener = Optional.of(Objects.requireNonNull(opener, "opener"));
    checkpointDirectories.add(folder(directory));
    return this;
  }

  /**
   * Sets the memory for the weights of all {@linkplain #checkpointDirectory checkpoints} together.
   * A single checkpoint may exceed it.
   *
   * @param bytes at least 1. Default: as much as is available, with room for a request
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public SdServerBuilder maxWeightBytes(long bytes) {
    this.maxWeightBytes = OptionalLong.of(within(1, Long.MAX_VALUE, bytes, "maxWeightBytes"));
    return this;
  }

  /**
   * Sets the place for the images of every job, saved at its end as PNG with their settings: {@code
   * 2026-11-30/JOB-0.png}. The gallery shows a folder, with files of other programs; otherwise it
   * shows the images of the jobs in the history. If an image cannot be written, its job gets a
   * warning. Requests with {@code save_images: false} are left out.
   *
   * @param place a folder, created if it does not exist; or {@code s3://bucket/prefix}, which needs
   *     the module sd-s3
   * @return this builder
   * @throws IllegalArgumentException if it is an address of another kind, or a folder that cannot
   *     be created or written to
   */
  public SdServerBuilder results(String place) {
    Objects.requireNonNull(place, "place");
    this.results = Optional.of(Results.require(place));
    return this;
  }

  /**
   * Deletes {@linkplain #results results} and their jobs after a time. Files that no server has
   * written stay.
   *
   * @param age the time since the end of the job. Default: results are kept
   * @return this builder
   * @throws IllegalArgumentException if the age is not positive
   */
  public SdServerBuilder resultsAge(Duration age) {
    Objects.requireNonNull(age, "age");
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("the age of results must be positive: " + age);
    }
    this.resultsAge = Optional.of(age);
    return this;
  }

  /** Returns the age at which jobs are deleted: before their results, or with them. */
  Duration ageOfJobs() {
    return resultsAge
        .filter(age -> results.isPresent() && age.compareTo(jobAge) < 0)
        .orElse(jobAge);
  }

  /**
   * Keeps the jobs of {@code /api/jobs} in a database, so that they survive this process: a job
   * that was interrupted is drawn again from its beginning, at most three times. Default: jobs end
   * with the process.
   *
   * @param place a folder for a database of this server alone, created if it does not exist; or an
   *     address such as {@code jdbc:postgresql://host/name?user=sd&password=…} of a database that
   *     several servers share: each of them draws and shows the jobs of all
   * @param age ended jobs are deleted with their images after this time
   * @return this builder
   * @throws IllegalArgumentException if the address is of another kind or the age is not positive
   */
  public SdServerBuilder jobs(String place, Duration age) {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(age, "age");
    if (place.startsWith("jdbc:") && !place.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "jobs must be a folder or an address that begins with jdbc:postgresql:");
    }
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("the age of jobs must be positive: " + age);
    }
    this.jobs = Optional.of(place);
    this.jobAge = age;
    return this;
  }

  /**
   * Makes the server a front: it accepts jobs, and {@linkplain SdWorker workers} draw them. Its
   * pipeline should be built {@linkplain Pipeline.Builder#withoutWeights without weights}; its
   * files are offered to workers by their hashes. Requires {@link #jobs} in a database that workers
   * share.
   *
   * @return this builder
   */
  public SdServerBuilder front() {
    this.front = true;
    return this;
  }

  /**
   * Sets the folder for LoRAs that are trained over HTTP. Existing files are never overwritten.
   *
   * @param directory one of the pipeline's LoRA folders or a folder inside one, so that prompts can
   *     name the trained LoRAs. Default: the first of them; without any, training is unavailable
   * @return this builder
   * @throws IllegalArgumentException if it is not a folder, or prompts could not name its LoRAs
   */
  public SdServerBuilder trainingDirectory(Path directory) {
    Path folder = folder(directory).toAbsolutePath().normalize();
    if (pipeline.loras().folders().stream()
        .noneMatch(known -> folder.startsWith(known.toAbsolutePath().normalize()))) {
      throw new IllegalArgumentException(
          "trainingDirectory must be one of the pipeline's LoRA folders or inside one: "
              + directory);
    }
    this.trainingDirectory = Optional.of(folder);
    return this;
  }

  /**
   * Sets the model that makes masks of the things at which a user of the studio clicks: {@code POST
   * /v1/masks}.
   *
   * @param model a model such as MobileSAM; the caller closes it after the server. Default: none,
   *     and such requests are refused with 501
   * @return this builder
   */
  public SdServerBuilder segmentation(SegmentationModel model) {
    this.segmentation = Optional.of(model);
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
   * Sets the file of the styles that requests can name. Clients can add to it or replace styles
   * with {@code POST /api/styles}, as the studio does, if it is writable and their API key is not
   * private; else it never changes. It is read when the server starts.
   *
   * @param csv a {@code styles.csv} file of A1111, as {@link Style#readAll} reads it. If it is
   *     missing, the first saved style creates it. Default: none, and styles cannot be saved
   * @return this builder
   * @throws StableDiffusionException if the file is there but cannot be read
   */
  public SdServerBuilder styles(Path csv) {
    Objects.requireNonNull(csv, "csv");
    if (Files.exists(csv)) {
      Style.readAll(csv);
    }
    this.styles = Optional.of(csv);
    return this;
  }

  /**
   * Sets the maximum length of a request body.
   *
   * @param bytes from 1024 to 1 GB. Default 64 MB
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder maxBodyBytes(long bytes) {
    this.maxBodyBytes = within(1024, 1 << 30, bytes, "maxBodyBytes");
    return this;
  }

  /**
   * Sets the maximum number of pixels of an image, sent or requested. All images of one request may
   * have four times as many in total; {@link RequestLimits#DEFAULTS} limits masks, control units
   * and text.
   *
   * @param pixels at least 4096. Default 4,194,304, 2048 by 2048
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public SdServerBuilder maxPixels(long pixels) {
    this.maxPixels = within(4096, Long.MAX_VALUE, pixels, "maxPixels");
    return this;
  }

  /**
   * Sets the longest side of images requested through OpenAI's API, whose clients often ask for one
   * fixed size. Larger sizes are reduced, keeping their shape, and the response gets a warning.
   *
   * @param pixels at least 64. Default: no limit but {@link #maxPixels}
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public SdServerBuilder maxSide(int pixels) {
    this.maxSide = (int) within(64, Integer.MAX_VALUE, pixels, "maxSide");
    return this;
  }

  /**
   * Sets the maximum number of images of one request.
   *
   * @param images from 1 to 1000. Default 16
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder maxImages(int images) {
    this.maxImages = (int) within(1, 1000, images, "maxImages");
    return this;
  }

  /**
   * Sets whether to ignore unsupported A1111 scripts in requests, such as CADS, with a warning.
   *
   * @param ignore default false: such requests are refused
   * @return this builder
   */
  public SdServerBuilder ignoreScripts(boolean ignore) {
    this.ignoreScripts = ignore;
    return this;
  }

  /**
   * Sets the maximum number of waiting and running jobs; further ones are refused with 429.
   *
   * @param jobs from 1 to 150, because each takes a thread of the server. Default 32
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder maxJobs(int jobs) {
    this.maxJobs = (int) within(1, 150, jobs, "maxJobs");
    return this;
  }

  /**
   * Sets how many jobs each client may start per minute; further ones are refused with 429 and a
   * {@code Retry-After} header. Clients are identified by their credentials, or by their address if
   * there are none.
   *
   * @param jobsPerMinute from 1 to 10,000, or 0 for no limit, the default
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder rateLimit(int jobsPerMinute) {
    this.rateLimit = (int) within(0, 10_000, jobsPerMinute, "rateLimit");
    return this;
  }

  /**
   * Sets how many ended jobs are kept with their images and settings. Older ones may be dropped
   * earlier, because all of them together may hold 100 MB.
   *
   * @param jobs from 1 to 1000. Default 50
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder history(int jobs) {
    this.history = (int) within(1, 1000, jobs, "history");
    return this;
  }

  /**
   * Sets where traces go. Each request and each job gets a span, and so do the wait and the phases
   * of a job; a {@code traceparent} header continues the trace of the client. By default that of
   * {@link GlobalOpenTelemetry}, if the application or an agent has set one; otherwise there are no
   * traces.
   *
   * @param telemetry the application's instance, which it closes after the server
   * @return this builder
   */
  public SdServerBuilder openTelemetry(OpenTelemetry telemetry) {
    this.telemetry = Optional.of(telemetry);
    return this;
  }

  OpenTelemetry telemetry() {
    return telemetry.orElseGet(GlobalOpenTelemetry::getOrNoop);
  }

  /**
   * Returns the limits of one request. Its images together may have four times the pixels of one.
   */
  RequestLimits limits() {
    long together = maxPixels > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : 4 * maxPixels;
    return RequestLimits.DEFAULTS
        .withBytes(maxBodyBytes)
        .withPixels(maxPixels)
        .withInputPixels(together)
        .withImages(maxImages);
  }

  private static long within(long least, long most, long value, String name) {
    if (value < least || value > most) {
      throw new SettingException(name, "be from %s to %s".formatted(least, most), value);
    }
    return value;
  }

  /**
   * Starts a server with these settings.
   *
   * @return the running server
   * @throws IllegalArgumentException if the address or the port cannot be used
   * @throws IllegalStateException if the database of the jobs or the place of the results cannot be
   *     used, or a front has no database
   */
  public SdServer start() {
    if (front && jobs.isEmpty()) {
      throw new IllegalStateException("a front needs a database of jobs that workers share");
    }
    Optional<Results> opened = results.map(place -> Results.open(place, resultsAge));
    try {
      return new SdServer(this, opened).start(port);
    } catch (RuntimeException e) {
      opened.ifPresent(Results::close);
      throw e;
    }
  }
}
