package dev.sdlora.models;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.bucket.BucketSigner;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Pause;
import dev.sdlora.models.web.Token;
import dev.sdlora.models.web.UrlOrigin;
import dev.sdlora.models.web.Web;
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
import java.util.ServiceLoader;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Downloads models from the sites that publish them, and finds them on disk the next time:
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
 *   <li>{@code hf:OWNER/REPO[@REVISION]/FILE}: a file on Hugging Face, by its path or, if only one
 *       folder of the repository has it, by its name; a slash in a revision is written {@code %2F}
 *   <li>{@code hf:OWNER/REPO[@REVISION][#VARIANT]}: a diffusers folder; only the files that
 *       generation needs are downloaded; {@code #fp16} prefers weights of that variant
 *   <li>{@code civitai:VERSION}, {@code civitai:model:MODEL} (its newest version), {@code
 *       civitai:hash:HEX} (AutoV1, AutoV2, AutoV3, SHA-256): a file on Civitai, with its
 *       description in {@code .civitai.info} and a preview image next to it
 *   <li>{@code https:…#sha256=HEX}: any address, with the hash of the expected content
 *   <li>{@code s3://BUCKET/KEY#sha256=HEX}: a file in a bucket of S3, with the hash of the expected
 *       content; needs the module sd-s3 and the environment of the AWS SDK
 * </ul>
 *
 * <h2>Locations</h2>
 *
 * Files from Hugging Face are stored in the cache of {@code huggingface_hub}, in its layout and at
 * its location ({@code HF_HUB_CACHE}, {@code HF_HOME}), which is shared with Python tools. Other
 * files are stored in {@code ~/.cache/sd-lora/models}, in a folder of {@code SDLORA_CACHE}, or in a
 * folder that the caller chooses.
 *
 * <h2>Safety</h2>
 *
 * A file gets its final name only when it is complete and its SHA-256, if known, is verified.
 * Partial downloads are resumed, also by other processes; if several want the same file, one
 * downloads it and the others wait. A token is sent only to the site that it is for, never to one
 * that this site redirects to. Plain {@code http} is allowed only to this machine.
 *
 * <p>Immutable and safe for use by several threads. Interrupting the thread cancels a download.
 */
public final class ModelStore {
  private final StoreSettings settings;
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

  /** Receives the progress of downloads. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called about ten times a second while a file is downloaded, and at its end, on the thread
     * that downloads it.
     *
     * @param progress the progress of the file
     */
    void onProgress(Progress progress);
  }

  /**
   * The progress of a file.
   *
   * @param name the name of the file
   * @param bytes the number of bytes downloaded, including those of earlier attempts
   * @param total the total number of bytes; empty if the site does not send it
   * @param bytesPerSecond the average speed since the download started or was resumed
   * @param left the estimated time to completion at this speed; empty if unknown
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
   * {@return whether a text is a reference and not a path} Also true for a malformed reference.
   *
   * @param text a text such as {@code hf:owner/repo/file.safetensors}
   */
  public static boolean isReference(String text) {
    Objects.requireNonNull(text, "text");
    return Reference.isMeantBy(text);
  }

  /**
   * Returns a file or folder, downloading it unless it is on disk from an earlier call.
   *
   * @param reference a reference in one of the forms above
   * @return the complete file or folder
   * @throws IllegalArgumentException if the reference is malformed
   * @throws DownloadException if the file cannot be downloaded; the message says what to do
   * @throws GenerationCancelledException if the thread was interrupted; partial data is kept
   */
  public Path get(String reference) {
    Objects.requireNonNull(reference, "reference");
    Reference parsed = Reference.parse(reference);
    return cancellable(parsed, () -> get(parsed, Optional.empty()));
  }

  /**
   * Downloads a file into a folder, or a diffusers folder into a subfolder with its name. An
   * existing file of the same name is used if its content is right and never overwritten: otherwise
   * a file from Civitai or another address gets its AutoV2 hash appended to its name, and for a
   * file from Hugging Face the call fails. A file from Hugging Face's cache takes no additional
   * disk space if the file system supports hard links; if the repository has it in a folder of
   * ComfyUI's, such as {@code split_files/vae}, it is put into the subfolder {@code vae}, so that a
   * transformer, its text encoder and its VAE find each other.
   *
   * @param reference a reference in one of the forms above
   * @param folder the folder, created if it does not exist
   * @return the file or folder in it
   * @throws IllegalArgumentException if the reference is malformed
   * @throws DownloadException if the file cannot be downloaded; the message says what to do
   * @throws GenerationCancelledException if the thread was interrupted; partial data is kept
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
      String path = Objects.requireNonNullElse(url.address().getPath(), "");
      return get(url, url.sha256(), path, url::address, folder);
    }
    if (reference instanceof Reference.Bucket file) {
      return get(file, file.sha256(), file.key(), () -> signed(file), folder);
    }
    return civitai.get(reference, folder);
  }

  private static Path placed(Reference.Hub reference, Path found, Path folder) throws IOException {
    if (reference.file().isPresent()) {
      Path target = SplitFiles.folder(folder, found).resolve(found.getFileName());
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
          "'%s' already exists with different content; move it or choose another folder"
              .formatted(target));
    }
  }

  private static URI signed(Reference.Bucket file) {
    BucketSigner signer =
        ServiceLoader.load(BucketSigner.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "'%s' needs the module sd-s3: add the dependency dev.sdlora:sd-s3, or build the command line with -Ps3"
                            .formatted(file)));
    return signer.address(file.bucket(), file.key());
  }

  /**
   * Returns a file with a known hash.
   *
   * @param path the path of the address, which ends with the name of the file
   * @param address returns the address to download it from, which may be secret
   */
  private Path get(
      Reference url, String sha256, String path, Supplier<URI> address, Optional<Path> folder)
      throws IOException, InterruptedException {
    String name = SafeNames.name(path, sha256.substring(0, 10));
    Path own = settings.folder().resolve("sha256").resolve(sha256);
    if (folder.isEmpty() && Files.exists(own.resolve(name))) {
      return own.resolve(name);
    }
    DownloadPaths places =
        DownloadPaths.of(settings, folder.orElse(own), name, Optional.of(sha256));
    if (settings.offline() && !Files.exists(places.target())) {
      throw new DownloadException(
          Reason.OFFLINE,
          "'%s' is not at '%s', and the store is offline".formatted(url, places.target()));
    }
    Transfer transfer =
        new Transfer(
            name,
            address.get(),
            Optional.empty(),
            OptionalLong.empty(),
            Optional.of(sha256),
            answer ->
                new DownloadException(
                    answer.status() == Answer.NOT_FOUND ? Reason.NOT_FOUND : Reason.CONNECTION,
                    "cannot get '%s': %s answers %s"
                        .formatted(url, answer.address().getHost(), answer.status())));
    places.fetch(downloads, transfer);
    return places.target();
  }

  /** A download. */
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
      // An interrupt closes files and connections, so it is the cause of any failure after it.
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
                  e instanceof Web.RedirectException ? "" : "; partial data is kept, so try again"),
          e);
    }
  }

  private static GenerationCancelledException cancelled(Reference reference) {
    return new GenerationCancelledException(
        "getting '" + reference + "' was cancelled; partial data is kept");
  }

  /** Collects settings. Not safe for use by several threads. */
  public static final class Builder {
    private StoreSettings.Environment environment =
        new StoreSettings.Environment(System.getenv(), Path.of(System.getProperty("user.home")));
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
     * Sets the folder for files from other sites, and for locks.
     *
     * @param folder the folder, created if it does not exist. Default: {@code models} in {@code
     *     SDLORA_CACHE} or in {@code ~/.cache/sd-lora}
     * @return this builder
     */
    public Builder folder(Path folder) {
      this.folder = Optional.of(Objects.requireNonNull(folder, "folder"));
      return this;
    }

    /**
     * Sets the token for Hugging Face.
     *
     * @param token the token, which is sent only to the Hugging Face endpoint. Default: {@code
     *     HF_TOKEN}, or the file in which {@code hf auth login} stores it
     * @return this builder
     */
    public Builder token(String token) {
      this.token = Optional.of(checkedToken(Objects.requireNonNull(token, "token")));
      return this;
    }

    /**
     * Sets the token for Civitai.
     *
     * @param civitaiToken the token, which is sent only to the Civitai endpoint. Default: {@code
     *     CIVITAI_TOKEN}
     * @return this builder
     */
    public Builder civitaiToken(String civitaiToken) {
      this.civitaiToken =
          Optional.of(checkedToken(Objects.requireNonNull(civitaiToken, "civitaiToken")));
      return this;
    }

    /**
     * Sets whether to use only local files, without any request.
     *
     * @param offline whether the store is offline. Default: whether {@code HF_HUB_OFFLINE} is set
     *     to 1
     * @return this builder
     */
    public Builder offline(boolean offline) {
      this.offline = Optional.of(offline);
      return this;
    }

    /**
     * Sets the endpoint for files from Hugging Face.
     *
     * @param hubEndpoint an https address, or http on this machine. Default: {@code HF_ENDPOINT} or
     *     {@code https://huggingface.co}
     * @return this builder
     */
    public Builder hubEndpoint(URI hubEndpoint) {
      this.hubEndpoint = Optional.of(Objects.requireNonNull(hubEndpoint, "hubEndpoint"));
      return this;
    }

    /**
     * Sets the endpoint for files from Civitai.
     *
     * @param civitaiEndpoint an https address, or http on this machine. Default: {@code
     *     CIVITAI_ENDPOINT} or {@code https://civitai.com}
     * @return this builder
     */
    public Builder civitaiEndpoint(URI civitaiEndpoint) {
      this.civitaiEndpoint =
          Optional.of(Objects.requireNonNull(civitaiEndpoint, "civitaiEndpoint"));
      return this;
    }

    /**
     * Sets the proxy selector.
     *
     * @param proxy a selector such as {@link ProxySelector#of}. Default: that of the JVM, which
     *     reads {@code https.proxyHost}
     * @return this builder
     */
    public Builder proxy(ProxySelector proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /**
     * Sets the listener for the progress of downloads.
     *
     * @param listener the listener. Default: none
     * @return this builder
     */
    public Builder listener(Listener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** For tests, so that they do not have to wait. */
    Builder pause(Pause replacement) {
      this.pause = replacement;
      return this;
    }

    /** For tests, so that they do not depend on the machine. */
    Builder environment(Map<String, String> variables, Path home) {
      this.environment = new StoreSettings.Environment(variables, home);
      return this;
    }

    /** For tests, so that they measure a constant speed. */
    Builder nanoClock(LongSupplier replacement) {
      this.nanoClock = replacement;
      return this;
    }

    private StoreSettings settings() {
      URI hub =
          checkedEndpoint(
              hubEndpoint.orElse(environment.endpoint("HF_ENDPOINT", "https://huggingface.co")));
      URI civitai =
          checkedEndpoint(
              civitaiEndpoint.orElse(
                  environment.endpoint("CIVITAI_ENDPOINT", "https://civitai.com")));
      return new StoreSettings(
          cache.orElseGet(environment::hubCache).toAbsolutePath().normalize(),
          folder.orElseGet(environment::folder).toAbsolutePath().normalize(),
          withoutSlash(hub),
          withoutSlash(civitai),
          token
              .or(environment::hubToken)
              .map(secret -> new Token(UrlOrigin.of(hub), checkedToken(secret))),
          civitaiToken
              .or(environment::civitaiToken)
              .map(secret -> new Token(UrlOrigin.of(civitai), checkedToken(secret))),
          offline.orElse(environment.isSet("HF_HUB_OFFLINE")),
          !environment.isSet("HF_HUB_DISABLE_SYMLINKS"));
    }

    private static String checkedToken(String token) {
      if (!token.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException(
            "a token must consist of visible ASCII characters; this one is empty or contains"
                + " others");
      }
      return token;
    }

    private static URI checkedEndpoint(URI endpoint) {
      if (!UrlOrigin.isSafe(endpoint)) {
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
     * {@return the store} The builder can be reused.
     *
     * @throws IllegalArgumentException if an endpoint is neither https nor on this machine, or a
     *     token is invalid
     */
    public ModelStore build() {
      return new ModelStore(this);
    }
  }
}
