package dev.sdlora.models;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Gets models from where people publish them, once, and finds them again:
 *
 * <pre>{@code
 * ModelStore store = ModelStore.builder().build();
 * Path model = store.get("hf:stable-diffusion-v1-5/stable-diffusion-v1-5#fp16");
 * Path lora = store.get("civitai:16576", Path.of("loras"));
 * }</pre>
 *
 * <h2>References</h2>
 *
 * <ul>
 *   <li>{@code hf:OWNER/REPO[@REVISION]/FILE}: a file of Hugging Face; a slash in a revision is
 *       written {@code %2F}
 *   <li>{@code hf:OWNER/REPO[@REVISION][#VARIANT]}: a diffusers folder, of which only what is
 *       needed to draw is taken; {@code #fp16} prefers weights of that variant
 *   <li>{@code civitai:VERSION}, {@code civitai:model:MODEL} (its newest version), {@code
 *       civitai:hash:HEX} (AutoV1, AutoV2, AutoV3, SHA-256): a file of Civitai, and beside it what
 *       is told about it, {@code .civitai.info} and a preview
 *   <li>{@code https:…#sha256=HEX}: any address, with the hash of what has to come
 * </ul>
 *
 * <h2>Places</h2>
 *
 * Files of Hugging Face lie in the cache of {@code huggingface_hub}, in its layout and at its place
 * ({@code HF_HUB_CACHE}, {@code HF_HOME}), so that what Python tools got is used and the reverse.
 * All else lies in {@code ~/.cache/sd-lora/models}, below {@code SDLORA_CACHE}, or where the caller
 * wants it.
 *
 * <h2>Safety</h2>
 *
 * A file has its name only when it is whole and its SHA-256 is right, if one is known. What has
 * come of it is gone on with, also by another process; of several that want the same file, one gets
 * it and the others wait. Tokens are seen by the site that they are for, and by no other to which
 * it points. Plain {@code http} works on this machine alone.
 *
 * <p>Immutable and safe for use by several threads. An interrupt of the thread ends a download.
 */
public final class ModelStore {
  private final Settings settings;
  private final Hub hub;
  private final Civitai civitai;
  private final Downloads downloads;

  private ModelStore(Builder builder) {
    settings = builder.settings();
    Web web = new Web(builder.proxy, builder.pause);
    downloads = new Downloads(web, new Meter.Maker(builder.listener, builder.nanoClock));
    hub = new Hub(web, downloads, settings);
    civitai = new Civitai(web, downloads, settings);
  }

  /** Is told how far downloads are. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Some of a file has come; called about ten times a second and at its end, on the thread that
     * gets it.
     *
     * @param progress how far it is
     */
    void onProgress(Progress progress);
  }

  /**
   * How far a file is.
   *
   * @param name of the file
   * @param bytes how many have come, those of earlier attempts included
   * @param total how many there are; empty if the site does not tell
   * @param bytesPerSecond since the download began or was gone on with
   * @param left time until all has come at this speed; empty where that cannot be known
   */
  public record Progress(
      String name,
      long bytes,
      OptionalLong total,
      double bytesPerSecond,
      Optional<Duration> left) {}

  /** {@return a builder with the settings of the environment} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * {@return whether a text is meant as a reference and not as a path} One with a mistake is, too.
   *
   * @param text such as {@code hf:owner/repo/file.safetensors}
   */
  public static boolean isReference(String text) {
    Objects.requireNonNull(text, "text");
    return Reference.isMeantBy(text);
  }

  /**
   * Gets a file or folder, or finds it where it is since the last time.
   *
   * @param reference one of the forms above
   * @return the file or folder, whole
   * @throws IllegalArgumentException if it is no reference
   * @throws DownloadException if it cannot be had; the message says what to do
   * @throws GenerationCancelledException if the thread was interrupted; what has come is kept
   */
  public Path get(String reference) {
    Objects.requireNonNull(reference, "reference");
    Reference parsed = Reference.parse(reference);
    return cancellable(parsed, () -> get(parsed, Optional.empty()));
  }

  /**
   * Gets a file into a folder, or a diffusers folder into one of its name there. What is there
   * under the same name is the file if its content is right, and else stays as it is: a file of
   * Civitai or of an address then has its AutoV2 hash behind its name, one of Hugging Face is
   * refused. What lies in the cache of Hugging Face takes no second place on the disk where the
   * file system can have one file under two names.
   *
   * @param reference one of the forms above
   * @param folder is made if there is none
   * @return the file or folder in it
   * @throws IllegalArgumentException if it is no reference
   * @throws DownloadException if it cannot be had; the message says what to do
   * @throws GenerationCancelledException if the thread was interrupted; what has come is kept
   */
  public Path get(String reference, Path folder) {
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(folder, "folder");
    Reference parsed = Reference.parse(reference);
    return cancellable(parsed, () -> get(parsed, Optional.of(folder)));
  }

  private Path get(Reference reference, Optional<Path> folder)
      throws IOException, InterruptedException {
    if (reference instanceof Reference.Hub inHub) {
      Path found = hub.get(inHub);
      return folder.isPresent() ? placed(inHub, found, folder.get()) : found;
    }
    if (reference instanceof Reference.Url url) {
      return get(url, folder);
    }
    return civitai.get(reference, folder);
  }

  private static Path placed(Reference.Hub reference, Path found, Path folder) throws IOException {
    if (reference.file().isPresent()) {
      Path target = folder.resolve(String.valueOf(found.getFileName()));
      place(found, target);
      return target;
    }
    String repo = reference.repo();
    Path target = folder.resolve(repo.substring(repo.indexOf('/') + 1));
    try (Stream<Path> files = Files.walk(found)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        place(file, target.resolve(found.relativize(file).toString()));
      }
    }
    return target;
  }

  private static void place(Path found, Path target) throws IOException {
    if (!Files.exists(target)) {
      Disk.duplicate(found, target);
    } else if (!Files.isRegularFile(target) || Files.mismatch(found, target) >= 0) {
      throw new DownloadException(
          Reason.STORAGE,
          "'%s' is another file; move it or choose another folder".formatted(target));
    }
  }

  private Path get(Reference.Url url, Optional<Path> folder)
      throws IOException, InterruptedException {
    String path = Objects.requireNonNullElse(url.address().getPath(), "");
    String name = SafeNames.name(path, url.sha256().substring(0, 10));
    Path own = settings.folder().resolve("sha256").resolve(url.sha256());
    if (folder.isEmpty() && Files.exists(own.resolve(name))) {
      return own.resolve(name);
    }
    DownloadPaths places =
        DownloadPaths.of(settings, folder.orElse(own), name, Optional.of(url.sha256()));
    if (settings.offline() && !Files.exists(places.target())) {
      throw new DownloadException(
          Reason.OFFLINE,
          "'%s' is not at '%s', and the store is offline".formatted(url, places.target()));
    }
    Transfer transfer =
        new Transfer(
            name,
            url.address(),
            Optional.empty(),
            OptionalLong.empty(),
            Optional.of(url.sha256()),
            answer ->
                new DownloadException(
                    answer.status() == Answer.NOT_FOUND ? Reason.NOT_FOUND : Reason.CONNECTION,
                    "cannot get '%s': %s answers %s"
                        .formatted(url, answer.address().getHost(), answer.status())));
    places.fetch(downloads, transfer);
    return places.target();
  }

  /** What gets a file. */
  @FunctionalInterface
  private interface Getting {
    Path get() throws IOException, InterruptedException;
  }

  private static Path cancellable(Reference reference, Getting getting) {
    try {
      return getting.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(reference);
    } catch (DownloadException e) {
      // Whatever fails then fails because of it: an interrupt closes files and connections.
      throw Thread.currentThread().isInterrupted() ? cancelled(reference) : e;
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw cancelled(reference);
      }
      throw new DownloadException(
          Reason.CONNECTION,
          "cannot get '%s': %s%s"
              .formatted(
                  reference,
                  Objects.requireNonNullElse(e.getMessage(), "no connection"),
                  e instanceof Web.RedirectException
                      ? ""
                      : "; what has come is kept, so try again"),
          e);
    }
  }

  private static GenerationCancelledException cancelled(Reference reference) {
    return new GenerationCancelledException(
        "getting '" + reference + "' was cancelled; what has come is kept");
  }

  /** Collects settings. Not safe for use by several threads. */
  public static final class Builder {
    private Settings.Environment environment =
        new Settings.Environment(System.getenv(), Path.of(System.getProperty("user.home")));
    private Optional<Path> cache = Optional.empty();
    private Optional<Path> folder = Optional.empty();
    private Optional<String> token = Optional.empty();
    private Optional<String> civitaiToken = Optional.empty();
    private Optional<Boolean> offline = Optional.empty();
    private Optional<URI> hubEndpoint = Optional.empty();
    private Optional<URI> civitaiEndpoint = Optional.empty();
    private ProxySelector proxy =
        Objects.requireNonNullElse(ProxySelector.getDefault(), ProxySelector.of(null));
    private Listener listener = progress -> {};
    private Pause pause = time -> Thread.sleep(time.toMillis());
    private LongSupplier nanoClock = System::nanoTime;

    private Builder() {}

    /**
     * Sets the cache of Hugging Face.
     *
     * @param cache a folder in the layout of huggingface_hub. Default: {@code HF_HUB_CACHE}, {@code
     *     HF_HOME/hub} or {@code ~/.cache/huggingface/hub}
     * @return this builder
     */
    public Builder cache(Path cache) {
      this.cache = Optional.of(Objects.requireNonNull(cache, "cache"));
      return this;
    }

    /**
     * Sets the folder for files of other sites, and for locks.
     *
     * @param folder is made if there is none. Default: {@code models} in {@code SDLORA_CACHE} or in
     *     {@code ~/.cache/sd-lora}
     * @return this builder
     */
    public Builder folder(Path folder) {
      this.folder = Optional.of(Objects.requireNonNull(folder, "folder"));
      return this;
    }

    /**
     * Sets the token for Hugging Face.
     *
     * @param token is sent to its endpoint alone. Default: {@code HF_TOKEN}, or the file in which
     *     {@code hf auth login} keeps it
     * @return this builder
     */
    public Builder token(String token) {
      this.token = Optional.of(checkedToken(Objects.requireNonNull(token, "token")));
      return this;
    }

    /**
     * Sets the token for Civitai.
     *
     * @param civitaiToken is sent to its endpoint alone. Default: {@code CIVITAI_TOKEN}
     * @return this builder
     */
    public Builder civitaiToken(String civitaiToken) {
      this.civitaiToken =
          Optional.of(checkedToken(Objects.requireNonNull(civitaiToken, "civitaiToken")));
      return this;
    }

    /**
     * Sets whether only what is here is found, and nobody asked.
     *
     * @param offline default: whether {@code HF_HUB_OFFLINE} is set to 1
     * @return this builder
     */
    public Builder offline(boolean offline) {
      this.offline = Optional.of(offline);
      return this;
    }

    /**
     * Sets who is asked for files of Hugging Face.
     *
     * @param hubEndpoint https, or http on this machine. Default: {@code HF_ENDPOINT} or {@code
     *     https://huggingface.co}
     * @return this builder
     */
    public Builder hubEndpoint(URI hubEndpoint) {
      this.hubEndpoint = Optional.of(Objects.requireNonNull(hubEndpoint, "hubEndpoint"));
      return this;
    }

    /**
     * Sets who is asked for files of Civitai.
     *
     * @param civitaiEndpoint https, or http on this machine. Default: {@code CIVITAI_ENDPOINT} or
     *     {@code https://civitai.com}
     * @return this builder
     */
    public Builder civitaiEndpoint(URI civitaiEndpoint) {
      this.civitaiEndpoint =
          Optional.of(Objects.requireNonNull(civitaiEndpoint, "civitaiEndpoint"));
      return this;
    }

    /**
     * Sets who finds proxies.
     *
     * @param proxy such as {@link ProxySelector#of}. Default: that of this JVM, which reads {@code
     *     https.proxyHost}
     * @return this builder
     */
    public Builder proxy(ProxySelector proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /**
     * Sets who is told how far downloads are.
     *
     * @param listener default: nobody
     * @return this builder
     */
    public Builder listener(Listener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** For tests, which do not wait. */
    Builder pause(Pause replacement) {
      this.pause = replacement;
      return this;
    }

    /** For tests, which do not depend on the machine. */
    Builder environment(Map<String, String> variables, Path home) {
      this.environment = new Settings.Environment(variables, home);
      return this;
    }

    /** For tests, whose seconds are always as long. */
    Builder nanoClock(LongSupplier replacement) {
      this.nanoClock = replacement;
      return this;
    }

    private Settings settings() {
      URI hub =
          checkedEndpoint(
              hubEndpoint.orElse(environment.endpoint("HF_ENDPOINT", "https://huggingface.co")));
      URI civitai =
          checkedEndpoint(
              civitaiEndpoint.orElse(
                  environment.endpoint("CIVITAI_ENDPOINT", "https://civitai.com")));
      return new Settings(
          cache.orElseGet(environment::hubCache).toAbsolutePath().normalize(),
          folder.orElseGet(environment::folder).toAbsolutePath().normalize(),
          withoutSlash(hub),
          withoutSlash(civitai),
          token
              .or(environment::hubToken)
              .map(secret -> new Token(Origin.of(hub), checkedToken(secret))),
          civitaiToken
              .or(environment::civitaiToken)
              .map(secret -> new Token(Origin.of(civitai), checkedToken(secret))),
          offline.orElse(environment.isSet("HF_HUB_OFFLINE")),
          !environment.isSet("HF_HUB_DISABLE_SYMLINKS"));
    }

    private static String checkedToken(String token) {
      if (!token.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException(
            "a token consists of visible ASCII characters; this one is empty or has others");
      }
      return token;
    }

    private static URI checkedEndpoint(URI endpoint) {
      if (!Origin.isSafe(endpoint)) {
        throw new IllegalArgumentException(
            "endpoint '%s' is not safe: expected https, or http on this machine"
                .formatted(endpoint));
      }
      return endpoint;
    }

    private static String withoutSlash(URI endpoint) {
      return endpoint.toString().replaceFirst("/+$", "");
    }

    /**
     * {@return the store} The builder can be used further.
     *
     * @throws IllegalArgumentException if an endpoint is neither https nor on this machine, or a
     *     token is none
     */
    public ModelStore build() {
      return new ModelStore(this);
    }
  }
}
