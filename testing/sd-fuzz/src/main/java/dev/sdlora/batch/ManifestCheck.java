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
 * limits, which are not public, prevent a manifest that requests a million images.
 */
public final class ManifestCheck {
  private static final Manifest.Limits LIMITS = new Manifest.Limits(500, 50, 4000, 1 << 20);

  /** Maximum length of an error message, in characters. */
  private static final int LONGEST_ERROR = 10_000;

  private static final Optional<String> CHECKPOINT = Optional.of("demo");

  private ManifestCheck() {}

  /**
   * Reads a manifest with one more line appended, also line by line, and parses the settings of
   * each request again. Returns the settings.
   *
   * @param manifest the manifest
   * @return the settings of each request
   * @throws BatchException if the manifest exceeds the limits
   * @throws AssertionError if an error does not name its line, two requests have the same ID, the
   *     last line is not read, or the settings of a request parse to a different one
   */
  public static List<String> read(byte[] manifest) throws IOException {
    List<BatchRequest> requests = Manifest.read(withLastLine(manifest), CHECKPOINT, LIMITS);
    requests.forEach(ManifestCheck::checkError);
    require(requests.get(requests.size() - 1).error().isEmpty(), "the last line is lost");
    Set<String> ids = new HashSet<>();
    for (BatchRequest request : requests) {
      require(ids.add(request.file().toLowerCase(Locale.ROOT)), "two files with the same name");
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
                    "an error without a line number, or too long: " + error));
  }

  /** Checks that complete settings parse to the same request. */
  private static void checkAgain(BatchRequest request) {
    List<BatchRequest> again = Manifest.readLine(request.settings(), Optional.empty(), LIMITS);
    require(
        again.size() == 1 && again.get(0).settings().equals(request.settings()),
        "settings differ after being read again: " + request + ", " + again);
  }

  /** Checks that the lines, read separately, give at least the requests of the whole manifest. */
  private static void checkLines(byte[] manifest, Set<String> hashes) throws IOException {
    List<String> lines;
    try {
      lines = Manifest.lines(withLastLine(manifest), LIMITS);
    } catch (BatchException e) { // A line that is not text rejects the whole manifest.
      return;
    }
    Set<String> found =
        lines.stream()
            .flatMap(line -> Manifest.readLine(line, CHECKPOINT, LIMITS).stream())
            .filter(request -> request.error().isEmpty())
            .map(BatchRequest::hash)
            .collect(Collectors.toSet());
    require(found.containsAll(hashes), "requests are missing when the lines are read separately");
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
