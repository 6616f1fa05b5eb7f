package dev.sdlora.server;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.api.value.WritableFolder;
import dev.sdlora.server.transport.TrustedProxies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects the settings of an {@link SdServer}. Every setter checks its value at once. Not safe for
 * several threads.
 */
public final class SdServerBuilder {
  private static final Pattern HOST_NAME =
      Pattern.compile("\\.?[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?");

  final Pipeline pipeline;
  final Map<String, String> users = new LinkedHashMap<>();
  final Set<String> tokens = new LinkedHashSet<>();
  final Set<String> origins = new LinkedHashSet<>();
  final Set<String> allowedHosts = new LinkedHashSet<>();
  final Set<String> trustedProxies = new LinkedHashSet<>();
  final List<Path> upscalerDirectories = new ArrayList<>();
  final List<Path> controlNetDirectories = new ArrayList<>();
  final List<Style> styles = new ArrayList<>();
  Optional<Path> outputDirectory = Optional.empty();
  Optional<Path> trainingDirectory = Optional.empty();
  String host = "127.0.0.1";
  private int port = 7860;
  long maxBodyBytes = 64L << 20;
  long maxPixels = 1 << 22;
  int maxImages = 16;
  boolean ignoreScripts;
  int maxJobs = 32;
  int rateLimit;
  int history = 50;

  SdServerBuilder(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Sets the port.
   *
   * @param port 0 for any that is free. Default 7860
   * @return this builder
   * @throws IllegalArgumentException if there is no such port
   */
  public SdServerBuilder port(int port) {
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
  public SdServerBuilder listen(String address) {
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
  public SdServerBuilder user(String name, String password) {
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
  public SdServerBuilder bearerToken(String token) {
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
  public SdServerBuilder corsOrigin(String origin) {
    origins.add(Objects.requireNonNull(origin, "origin"));
    return this;
  }

  /**
   * Allows requests that call the server by a host name. IP addresses, {@code localhost} and the
   * name given to {@link #listen} are always allowed; with {@linkplain #user users} or {@linkplain
   * #bearerToken tokens} and no allowed hosts, all names are. A page of another site could
   * otherwise use this server under a name that leads here (DNS rebinding).
   *
   * @param name such as {@code images.example.com}; with a dot at the beginning, {@code
   *     .example.com}, the domain and all names below it; {@code *} for all names
   * @return this builder
   * @throws IllegalArgumentException if it is no host name, such as an address with a scheme or
   *     port
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
   * Trusts a proxy in front of this server to say who asks, in {@code X-Forwarded-For}, {@code
   * X-Forwarded-Proto}, {@code X-Forwarded-Host} or {@code Forwarded}: the {@linkplain #rateLimit
   * rate limit} counts by the client's address, and the studio may be called by the proxy's name.
   * Default: none, and these headers are ignored.
   *
   * @param addresses IP address of the proxy, or a block of addresses such as {@code 10.0.0.0/8}
   * @return this builder
   * @throws IllegalArgumentException if these are no IP addresses
   */
  public SdServerBuilder trustedProxy(String addresses) {
    Objects.requireNonNull(addresses, "addresses");
    trustedProxies.add(TrustedProxies.require(addresses));
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
  public SdServerBuilder upscalerDirectory(Path directory) {
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
  public SdServerBuilder controlNetDirectory(Path directory) {
    controlNetDirectories.add(folder(directory));
    return this;
  }

  /**
   * Sets a folder into which the images of every job are written at its end, as PNG with their
   * settings, and whose images the gallery shows. Without it, the gallery has those of the jobs
   * that are kept. An image that cannot be written is a warning of its job.
   *
   * @param directory which is made if it is not there
   * @return this builder
   * @throws IllegalArgumentException if it cannot be created or written to, or is not a folder
   */
  public SdServerBuilder outputDirectory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the output folder '%s' cannot be created: %s".formatted(directory, FileReason.of(e)), e);
    }
    try {
      WritableFolder.check(directory);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the output folder '%s' cannot be written to: %s".formatted(directory, FileReason.of(e)),
          e);
    }
    this.outputDirectory = Optional.of(directory);
    return this;
  }

  /**
   * Sets the folder that LoRAs are put into which are trained by requests. Nothing in it is ever
   * replaced.
   *
   * @param directory one of the pipeline's folders with LoRAs, or a folder inside one, so that
   *     prompts can name what was trained. Default: the first of them; without any, nothing can be
   *     trained
   * @return this builder
   * @throws IllegalArgumentException if it is not a folder, or prompts could not name what is in it
   */
  public SdServerBuilder trainingDirectory(Path directory) {
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
  public SdServerBuilder styles(List<Style> styles) {
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
  public SdServerBuilder maxBodyBytes(long bytes) {
    this.maxBodyBytes = within(1024, 1 << 30, bytes, "maxBodyBytes");
    return this;
  }

  /**
   * Sets how many pixels an image may have, one that is sent or one that is requested. All images
   * sent with one request may have four times as many together; {@link RequestLimits#DEFAULTS}
   * bounds its masks, control units and text.
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
   * Sets how many images one request may ask for.
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
   * Sets whether requests that name scripts of A1111, such as ADetailer, are drawn without them and
   * get a warning.
   *
   * @param ignore default false: such requests are refused
   * @return this builder
   */
  public SdServerBuilder ignoreScripts(boolean ignore) {
    this.ignoreScripts = ignore;
    return this;
  }

  /**
   * Sets how many jobs may wait and draw; more are answered with 429.
   *
   * @param jobs from 1 to 150, as each keeps a thread of the server. Default 32
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder maxJobs(int jobs) {
    this.maxJobs = (int) within(1, 150, jobs, "maxJobs");
    return this;
  }

  /**
   * Sets how many jobs each client may ask for in a minute; more are answered with 429 and when to
   * come back. Clients are told apart by their credentials, or by their address if there are none.
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
   * Sets how many jobs that have ended are kept with their images and settings. Older ones may go
   * sooner: 100 MB are kept in all.
   *
   * @param jobs from 1 to 1000. Default 50
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public SdServerBuilder history(int jobs) {
    this.history = (int) within(1, 1000, jobs, "history");
    return this;
  }

  /** Bounds of one request. Its images together may have four times the pixels of one. */
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
   * @return the server, which answers already
   * @throws IllegalArgumentException if the address or the port cannot be used
   */
  public SdServer start() {
    return new SdServer(this).start(port);
  }
}
