package dev.sdlora.models;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which file is meant, as people write it. */
sealed interface Reference {
  /** What may be written, for messages. */
  String FORMS =
      "hf:OWNER/REPO[@REVISION]/FILE, hf:OWNER/REPO[@REVISION][#VARIANT] for a diffusers folder,"
          + " civitai:VERSION, civitai:model:MODEL, civitai:hash:HEX, or https:…#sha256=HEX";

  /** How references begin; no path does. */
  List<String> SCHEMES = List.of("hf:", "civitai:", "https:", "http:");

  /** Of a repository. */
  Pattern HUB =
      Pattern.compile(
          "hf:(?<repo>[\\w.-]+/[\\w.-]+)(?:@(?<revision>[^/@#]+))?(?:/(?<file>[^#]+))?"
              + "(?:#(?<variant>\\w+))?");

  /** Of one version, of the newest of a model, or of a file. */
  Pattern CIVITAI =
      Pattern.compile(
          "civitai:(?:(?<version>\\d{1,18})|model:(?<model>\\d{1,18})|hash:(?<hash>\\p{XDigit}+))");

  /** AutoV1 or CRC32, AutoV2, AutoV3, SHA-256 or BLAKE3. */
  List<Integer> HASH_LENGTHS = List.of(8, 10, 12, 64);

  /** Of a file that is addressed by itself. */
  Pattern URL = Pattern.compile("(?<address>https?:[^#]+)#sha256=(?<sha256>\\p{XDigit}{64})");

  /**
   * In a repository of Hugging Face.
   *
   * @param repo owner and name, {@code owner/name}
   * @param revision a branch, tag or commit
   * @param file its path in the repository; empty for a whole diffusers folder
   * @param variant of the weights of a folder, such as {@code fp16}
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

  /** A version of a model of Civitai, by its number. */
  record CivitaiVersion(long id) implements Reference {
    @Override
    public String toString() {
      return "civitai:" + id;
    }
  }

  /** The newest version of a model of Civitai. */
  record CivitaiModel(long id) implements Reference {
    @Override
    public String toString() {
      return "civitai:model:" + id;
    }
  }

  /** A file that Civitai knows by its hash, in capitals. */
  record CivitaiHash(String hash) implements Reference {
    @Override
    public String toString() {
      return "civitai:hash:" + hash;
    }
  }

  /** Any address, with the hash that its content has. */
  record Url(URI address, String sha256) implements Reference {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /** Whether a text is meant as one, be it written right or not. */
  static boolean isMeantBy(String text) {
    return SCHEMES.stream().anyMatch(text::startsWith);
  }

  /**
   * Reads a reference.
   *
   * @throws IllegalArgumentException if it is none; the message says what may be written
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
    if (text.startsWith("http")) {
      throw wrong(text, "an address needs '#sha256=' and 64 hexadecimal digits behind it");
    }
    throw wrong(text, "expected " + FORMS);
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException("'" + text + "' names no model to get: " + why);
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
      throw wrong(text, "no repository or revision can be called that");
    }
    if (file.isPresent() && !SafeNames.isPath(file.get())) {
      throw wrong(text, "'" + file.get() + "' is no path in a repository");
    }
    if (file.isPresent() && variant.isPresent()) {
      throw wrong(text, "a file has no variants; name the file of the variant");
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
      throw wrong(text, "hashes have 8, 10, 12 or 64 hexadecimal digits");
    }
    return new CivitaiHash(hash.toUpperCase(Locale.ROOT));
  }

  private static Reference url(String text, Matcher parts) {
    URI address;
    try {
      address = new URI(parts.group("address"));
    } catch (URISyntaxException e) {
      throw wrong(text, "the address is not well formed: " + e.getMessage());
    }
    if (!Origin.isSafe(address)) {
      throw wrong(text, "expected an address of https with a host");
    }
    return new Url(address, parts.group("sha256").toLowerCase(Locale.ROOT));
  }
}
