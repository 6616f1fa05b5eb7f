package dev.sdlora.batch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads manifests of a few kilobytes. It is in the package of the reader because only the reader's
 * limits, which are not public, keep such a manifest from asking for a million images.
 */
public final class ManifestCheck {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(500, 50, 4000, 1 << 20);

  /** The longest sentence of an error, in characters. */
  private static final int LONGEST_ERROR = 10_000;

  private static final Optional<String> CHECKPOINT = Optional.of("demo");

  private ManifestCheck() {}

  /**
   * Reads a manifest and one more line, line by line too, and reads the settings of each request
   * again. Returns the settings.
   *
   * @throws BatchException if it asks for too much
   * @throws AssertionError if an error does not name its line, two requests share an id, the last
   *     line is not read, or settings that are read again are another request
   */
  public static List<String> read(byte[] manifest) throws IOException {
    List<BatchRequest> requests = Manifest.read(withLastLine(manifest), CHECKPOINT, LIMITS);
    requests.forEach(ManifestCheck::checkError);
    require(requests.get(requests.size() - 1).error().isEmpty(), "the last line is lost");
    Set<String> ids = new HashSet<>();
    for (BatchRequest request : requests) {
      require(ids.add(request.file().toLowerCase(Locale.ROOT)), "two files of one name");
    }
    List<BatchRequest> good =
        requests.stream().filter(request -> request.error().isEmpty()).toList();
    good.forEach(ManifestCheck::checkAgain);
    checkLines(manifest, hashes(good));
    return good.stream().map(BatchRequest::settings).toList();
  }

  private static InputStream withLastLine(byte[] manifest) {
    byte[] last =
        "\n{\"defaults\": {}}\n{\"prompt\": \"the last\"}\n".getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(manifest, manifest.length + last.length);
    System.arraycopy(last, 0, both, manifest.length, last.length);
    return new ByteArrayInputStream(both);
  }

  private static void checkError(BatchRequest request) {
    request
        .error()
        .ifPresent(
            error ->
                require(
                    error.startsWith("line ") && error.length() < LONGEST_ERROR,
                    "an error that names no line, or is a book: " + error));
  }

  /** Complete settings are one request, the same one. */
  private static void checkAgain(BatchRequest request) {
    List<BatchRequest> again = Manifest.readLine(request.settings(), Optional.empty(), LIMITS);
    require(
        again.size() == 1 && again.get(0).settings().equals(request.settings()),
        "settings that are others when they are read again: " + request + ", " + again);
  }

  /** Lines that are kept in any order are the same requests, and perhaps those refused here. */
  private static void checkLines(byte[] manifest, Set<String> hashes) throws IOException {
    List<String> lines;
    try {
      lines = Manifest.lines(withLastLine(manifest), LIMITS);
    } catch (BatchException e) { // One line that is no text refuses all.
      return;
    }
    Set<String> found =
        lines.stream()
            .flatMap(line -> Manifest.readLine(line, CHECKPOINT, LIMITS).stream())
            .filter(request -> request.error().isEmpty())
            .map(BatchRequest::hash)
            .collect(Collectors.toSet());
    require(found.containsAll(hashes), "lines on their own miss requests");
  }

  private static Set<String> hashes(List<BatchRequest> requests) {
    return requests.stream().map(BatchRequest::hash).collect(Collectors.toSet());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
