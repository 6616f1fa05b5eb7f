package dev.sdlora.models;

import dev.sdlora.models.web.UrlOrigin;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reference to a file or folder that can be downloaded. */
sealed interface Reference {
  /** The valid forms, for messages. */
  String FORMS =
      "hf:OWNER/REPO[@REVISION]/FILE, hf:OWNER/REPO[@REVISION][#VARIANT] for a diffusers folder,"
          + " civitai:VERSION, civitai:model:MODEL, civitai:hash:HEX, https:…#sha256=HEX, or"
          + " s3://BUCKET/KEY#sha256=HEX";

  /** The prefixes of references; no path begins with one of them. */
  List<String> SCHEMES = List.of("hf:", "civitai:", "https:", "http:", "s3:");

  /** A reference to a repository. */
  Pattern HUB =
      Pattern.compile(
          "hf:(?<repo>[\\w.-]+/[\\w.-]+)(?:@(?<revision>[^/@#]+))?(?:/(?<file>[^#]+))?"
              + "(?:#(?<variant>\\w+))?");

  /** A reference to a version, to the newest version of a model, or to a file. */
  Pattern CIVITAI =
      Pattern.compile(
          "civitai:(?:(?<version>\\d{1,18})|model:(?<model>\\d{1,18})|hash:(?<hash>\\p{XDigit}+))");

  /** AutoV1 or CRC32, AutoV2, AutoV3, SHA-256 or BLAKE3. */
  List<Integer> HASH_LENGTHS = List.of(8, 10, 12, 64);

  /** A reference to a file by its address. */
  Pattern URL = Pattern.compile("(?<address>https?:[^#]+)#sha256=(?<sha256>\\p{XDigit}{64})");

  /** A reference to a file in a bucket. */
  Pattern BUCKET =
      Pattern.compile(
          "s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?<key>[^#]+)"
              + "#sha256=(?<sha256>\\p{XDigit}{64})");

  /**
   * A file or folder in a repository on Hugging Face.
   *
   * @param repo owner and name, {@code owner/name}
   * @param revision a branch, tag or commit
   * @param file the file's path in the repository; empty for a whole diffusers folder
   * @param variant the variant of a folder's weights, such as {@code fp16}
   */
  record Hub(String repo, String revision, Optional<String> file, Optional<String> variant)
      implements Reference {
    @Override
    public String toString() {
      return "hf:"
          + repo
          + (revision.equals("main") ? "" : "@" + revision)
          + file.map(name -> "/" + name).orElse("")
          + variant.map(name -> "#" + name).orElse("");
    }
  }

  /** A version of a model on Civitai, by its id. */
  record CivitaiVersion(long id) implements Reference {
    @Override
    public String toString() {
      return "civitai:" + id;
    }
  }

  /** The newest version of a model on Civitai. */
  record CivitaiModel(long id) implements Reference {
    @Override
    public String toString() {
      return "civitai:model:" + id;
    }
  }

  /** A file on Civitai, by its hash in upper case. */
  record CivitaiHash(String hash) implements Reference {
    @Override
    public String toString() {
      return "civitai:hash:" + hash;
    }
  }

  /** Any address, with the hash of its content. */
  record Url(URI address, String sha256) implements Reference {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /** A file in a bucket of S3, with the hash of its content. */
  record Bucket(String bucket, String key, String sha256) implements Reference {
    @Override
    public String toString() {
      return "s3://" + bucket + "/" + key;
    }
  }

  /** Whether a text is meant as a reference, even if malformed. */
  static boolean isMeantBy(String text) {
    return SCHEMES.stream().anyMatch(text::startsWith);
  }

  /**
   * Parses a reference.
   *
   * @throws IllegalArgumentException if it is malformed; the message lists the valid forms
   */
  static Reference parse(String text) {
    Matcher hub = HUB.matcher(text);
    if (hub.matches()) {
      return hub(text, hub);
    }
    Matcher civitai = CIVITAI.matcher(text);
    if (civitai.matches()) {
      return civitai(text, civitai);
    }
    Matcher url = URL.matcher(text);
    if (url.matches()) {
      return url(text, url);
    }
    Matcher bucket = BUCKET.matcher(text);
    if (bucket.matches()) {
      return new Bucket(
          bucket.group("bucket"),
          bucket.group("key"),
          bucket.group("sha256").toLowerCase(Locale.ROOT));
    }
    if (text.startsWith("http") || text.startsWith("s3:")) {
      throw wrong(text, "an address must end with '#sha256=' and 64 hexadecimal digits");
    }
    throw wrong(text, "expected " + FORMS);
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException("'" + text + "' is not a valid model reference: " + why);
  }

  private static Reference hub(String text, Matcher parts) {
    String repo = parts.group("repo");
    String revision =
        Optional.ofNullable(parts.group("revision"))
            .orElse("main")
            .replace("%2F", "/")
            .replace("%2f", "/");
    Optional<String> file = Optional.ofNullable(parts.group("file"));
    Optional<String> variant = Optional.ofNullable(parts.group("variant"));
    if (!SafeNames.isPath(repo) || repo.contains("--") || !SafeNames.isPath(revision)) {
      throw wrong(text, "the name of the repository or revision is invalid");
    }
    if (file.isPresent() && !SafeNames.isPath(file.get())) {
      throw wrong(text, "'" + file.get() + "' is not a valid path in a repository");
    }
    if (file.isPresent() && variant.isPresent()) {
      throw wrong(text, "a file has no variants; specify the file of the variant");
    }
    return new Hub(repo, revision, file, variant);
  }

  private static Reference civitai(String text, Matcher parts) {
    if (parts.group("version") != null) {
      return new CivitaiVersion(Long.parseLong(parts.group("version")));
    }
    if (parts.group("model") != null) {
      return new CivitaiModel(Long.parseLong(parts.group("model")));
    }
    String hash = parts.group("hash");
    if (!HASH_LENGTHS.contains(hash.length())) {
      throw wrong(text, "a hash must have 8, 10, 12 or 64 hexadecimal digits");
    }
    return new CivitaiHash(hash.toUpperCase(Locale.ROOT));
  }

  private static Reference url(String text, Matcher parts) {
    URI address;
    try {
      address = new URI(parts.group("address"));
    } catch (URISyntaxException e) {
      throw wrong(text, "the address is malformed: " + e.getMessage());
    }
    if (!UrlOrigin.isSafe(address)) {
      throw wrong(text, "expected an https address with a host");
    }
    return new Url(address, parts.group("sha256").toLowerCase(Locale.ROOT));
  }
}
