package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.json.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the requests of a manifest. An invalid line becomes a request with an error; the others are
 * read.
 */
final class Manifest {
  /**
   * Limits of a manifest.
   *
   * @param requests the limit of requests in total
   * @param requestsOfALine the limit of requests that the lists of one line make
   * @param bytesOfALine the limit of bytes of one line, including images
   * @param characters the limit of characters of all requests together, which are kept until they
   *     are drawn; usually a quarter of the heap, and at most 2³⁰
   */
  record Limits(int requests, int requestsOfALine, int bytesOfALine, long characters) {
    static final Limits USUAL =
        new Limits(
            1_000_000,
            100_000,
            (int) RequestLimits.DEFAULTS.bytes(),
            Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4));
  }

  /** Digits of a hash; the probability that two of a million requests collide is 1 in 10^12. */
  private static final int DIGITS = 20;

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{" + DIGITS + "}");

  /** Names that every file system accepts. */
  private static final Pattern ID =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?");

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private static final Pattern NETWORK = Pattern.compile("<(?:lora|lyco):[^>]*>");

  private final Optional<String> checkpoint;
  private final Limits limits;
  private final Map<String, BatchRequest> byId = new LinkedHashMap<>();

  /** By lower-case id, because some file systems ignore case. */
  private final Map<String, String> ids = new HashMap<>();

  private ObjectNode defaults = Fields.object();
  private long characters;

  private Manifest(Optional<String> checkpoint, Limits limits) {
    this.checkpoint = checkpoint;
    this.limits = limits;
  }

  /**
   * Reads a manifest.
   *
   * @param in the stream, read to its end and not closed
   * @param checkpoint the checkpoint of requests that name none
   * @return one request for each image, in the order of the manifest; equal requests are merged
   * @throws IOException if the stream fails
   * @throws BatchException if it requests too many images
   */
  static List<BatchRequest> read(InputStream in, Optional<String> checkpoint, Limits limits)
      throws IOException {
    Manifest manifest = new Manifest(checkpoint, limits);
    ManifestLines lines = new ManifestLines(in, limits.bytesOfALine());
    for (int number = 1; manifest.readLine(lines, number); number++) {
      if (manifest.byId.size() > limits.requests()) {
        throw new BatchException(
            "the manifest requests more than %s images up to line %s; split it"
                .formatted(limits.requests(), number));
      }
    }
    return List.copyOf(manifest.byId.values());
  }

  /** Returns the request lines, merged with the defaults before them. */
  static List<String> lines(InputStream in, Limits limits) throws IOException {
    Manifest manifest = new Manifest(Optional.empty(), limits);
    ManifestLines lines = new ManifestLines(in, limits.bytesOfALine());
    List<String> requests = new ArrayList<>();
    for (int number = 1; ; number++) {
      try {
        Optional<String> line = lines.next();
        if (line.isEmpty()) {
          return requests;
        }
        Optional<String> request = manifest.withDefaults(line.get().strip());
        if (request.isPresent()) {
          manifest.count(request.get(), number);
          requests.add(request.get());
        }
      } catch (
          IllegalArgumentException
              e) { // The line is too long or not UTF-8; the message is incomplete.
        throw new BatchException(
            "line %s of the manifest: %s".formatted(number, e.getMessage()), e);
      }
      if (requests.size() > limits.requests()) {
        throw new BatchException(
            "the manifest has more than %s requests up to line %s; split it"
                .formatted(limits.requests(), number));
      }
    }
  }

  /** Returns the request of a line; empty if it has none. */
  private Optional<String> withDefaults(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    RequestLine line;
    try {
      line = RequestLine.read(text);
    } catch (IllegalArgumentException e) {
      return Optional.of(text); // The reader of the line finds the same error.
    }
    if (line.defaults()) {
      defaults = line.settings();
      return Optional.empty();
    }
    return Optional.of(Fields.text(overDefaults(line.settings())));
  }

  /** Reads a single line outside a manifest. */
  static List<BatchRequest> readLine(String line, Optional<String> checkpoint, Limits limits) {
    Manifest manifest = new Manifest(checkpoint, limits);
    String text = line.strip();
    try {
      RequestLine read = RequestLine.read(text);
      if (read.defaults()) {
        throw new IllegalArgumentException(
            "a line of 'defaults' is only allowed in a manifest with more lines");
      }
      manifest.add(read, 1);
    } catch (IllegalArgumentException e) {
      manifest.put(refused(text, 1, String.valueOf(e.getMessage())));
    }
    return List.copyOf(manifest.byId.values());
  }

  /** Reads the next line; returns false at the end. */
  private boolean readLine(ManifestLines lines, int number) throws IOException {
    String text = "";
    try {
      Optional<String> line = lines.next();
      if (line.isEmpty()) {
        return false;
      }
      text = line.get().strip();
      if (!text.isEmpty()) {
        add(RequestLine.read(text), number);
      }
    } catch (IllegalArgumentException e) {
      refuse(text, number, String.valueOf(e.getMessage()));
    }
    return true;
  }

  /** A parsed line of a manifest. */
  private record RequestLine(ObjectNode settings, boolean defaults) {
    static RequestLine read(String text) {
      ObjectNode object = CanonicalJson.read(text);
      JsonNode defaults = object.path("defaults");
      if (defaults.isMissingNode()) {
        return new RequestLine(RequestKeys.renamed(object), false);
      }
      if (object.size() > 1 || !(defaults instanceof ObjectNode written)) {
        throw new IllegalArgumentException(
            "a line of 'defaults' must be {\"defaults\": {…}} and nothing else");
      }
      ObjectNode settings = RequestKeys.renamed(written);
      if (settings.has("id")) {
        throw new IllegalArgumentException("'defaults' cannot have an 'id'");
      }
      return new RequestLine(settings, true);
    }
  }

  private void add(RequestLine line, int number) {
    if (line.defaults()) {
      defaults = line.settings();
      return;
    }
    ObjectNode settings = overDefaults(line.settings());
    JsonNode id = settings.remove("id");
    Optional<String> given =
        id == null || id.isNull() ? Optional.empty() : Optional.of(checkedId(id));
    List<Picture> images = new ArrayList<>();
    long length = 0;
    for (ObjectNode expanded : new Matrix(limits.requestsOfALine()).expand(settings)) {
      if (!expanded.hasNonNull("checkpoint")) {
        checkpoint.ifPresent(name -> expanded.put("checkpoint", name));
      }
      int room = limits.requestsOfALine() - images.size();
      Iterator<ObjectNode> made = CompleteSettings.images(expanded, room).iterator();
      while (made.hasNext()) {
        Picture image = Picture.of(made.next());
        images.add(image);
        length += image.text().length();
        requireRoom(length, number);
      }
    }
    for (int i = 0; i < images.size(); i++) {
      String ending = images.size() == 1 ? "" : "-" + (i + 1);
      add(images.get(i), given.map(name -> name + ending), number);
    }
  }

  /** The complete settings of one image. */
  private record Picture(String text, Optional<String> checkpoint, List<String> loras) {
    static Picture of(ObjectNode settings) {
      JsonNode model = settings.path("checkpoint");
      return new Picture(
          Fields.text(settings),
          model.isTextual() ? Optional.of(model.textValue()) : Optional.empty(),
          Manifest.loras(settings));
    }
  }

  private ObjectNode overDefaults(ObjectNode settings) {
    ObjectNode all = defaults.deepCopy();
    if (settings.has("size")) {
      all.remove(List.of("width", "height"));
    }
    all.setAll(settings);
    return all;
  }

  private static String checkedId(JsonNode id) {
    String text = id.isTextual() || id.isIntegralNumber() ? id.asText() : "";
    if (!ID.matcher(text).matches() || DEVICE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'id' must be a file name of up to 100 letters (a-z), digits, '.', '_' and '-': " + id);
    }
    return text;
  }

  private void add(Picture image, Optional<String> given, int number) {
    String text = image.text();
    String hash = hash(text);
    count(text, number);
    if (given.isPresent() && HASH.matcher(given.get()).matches() && !given.get().equals(hash)) {
      throw new IllegalArgumentException(
          "the 'id' is the hash of another request: '%s'".formatted(given.get()));
    }
    String id = given.orElse(hash);
    BatchRequest before = byId.get(ids.getOrDefault(id.toLowerCase(Locale.ROOT), id));
    if (before == null) {
      put(
          new BatchRequest(
              id, hash, number, image.checkpoint(), image.loras(), text, Optional.empty()));
    } else if (!before.hash().equals(hash) || !before.id().equals(id)) {
      refuse(
          text,
          number,
          "the id '%s' is already used by the request in line %s".formatted(id, before.line()));
    }
  }

  private void count(String text, int number) {
    characters += text.length();
    requireRoom(0, number);
  }

  /** Refuses a manifest before it takes too much memory. */
  private void requireRoom(long added, int number) {
    if (characters + added > limits.characters()) {
      throw new BatchException(
          "the requests of the manifest have more than %s characters up to line %s; split it, or refer to images by path"
              .formatted(limits.characters(), number));
    }
  }

  private void refuse(String text, int number, String sentence) {
    count(text, number);
    put(refused(text, number, "line %s of the manifest: %s".formatted(number, sentence)));
  }

  private static BatchRequest refused(String text, int number, String sentence) {
    // The prefix keeps the hash distinct from that of valid settings; unreadable lines have no
    // text.
    String hash = hash("refused: " + (text.isEmpty() ? "line " + number : text));
    return new BatchRequest(
        hash, hash, number, Optional.empty(), List.of(), text, Optional.of(sentence));
  }

  private void put(BatchRequest request) {
    byId.put(request.id(), request);
    ids.put(request.id().toLowerCase(Locale.ROOT), request.id());
  }

  private static String hash(String text) {
    return HexFormat.of()
        .formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)))
        .substring(0, DIGITS);
  }

  private static List<String> loras(ObjectNode settings) {
    TreeSet<String> loras = new TreeSet<>();
    for (JsonNode lora : settings.path("lora")) {
      loras.add(lora.path("path").asText() + ":" + lora.path("multiplier").asText());
    }
    for (String prompt : List.of("prompt", "negative_prompt", "infotext")) {
      Matcher tags = NETWORK.matcher(settings.path(prompt).asText(""));
      while (tags.find()) {
        loras.add(tags.group());
      }
    }
    return List.copyOf(loras);
  }
}
