package dev.sdlora.models;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.models.DownloadException.Reason;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.Pause;
import dev.sdlora.models.web.Token;
import dev.sdlora.models.web.UrlOrigin;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Downloads files from an sd server, which publishes the files of its models by their SHA-256.
 * Partial data is kept when a connection or process ends, and the download is resumed later; a file
 * gets its final name only after its hash is verified. Safe for use by several threads.
 */
public final class FrontFiles {
  private final String front;
  private final Optional<Token> token;
  private final Downloads downloads;

  /**
   * Creates the files of a server.
   *
   * @param front the address of the server, such as {@code http://front:7860}
   * @param token a bearer token that it accepts
   * @throws IllegalArgumentException if it is not an address of HTTP or HTTPS
   */
  public FrontFiles(URI front, Optional<String> token) {
    this(front, token, time -> Thread.sleep(time.toMillis()));
  }

  FrontFiles(URI front, Optional<String> token, Pause pause) {
    if (front.getHost() == null || !String.valueOf(front.getScheme()).matches("https?")) {
      throw new IllegalArgumentException(
          "the address of a front must begin with http:// or https://: '" + front + "'");
    }
    this.front = front.toString().replaceFirst("/+$", "");
    this.token = token.map(secret -> new Token(UrlOrigin.of(front), secret));
    this.downloads =
        new Downloads(
            new Web(
                Objects.requireNonNullElseGet(
                    ProxySelector.getDefault(), () -> ProxySelector.of(null)),
                pause),
            new Meter.Maker(progress -> {}, System::nanoTime));
  }

  /**
   * Downloads a file unless it exists. Concurrent downloads of the same file, in any process, wait.
   *
   * @param name the name of the file, for errors
   * @param sha256 the SHA-256 of its content, 64 hexadecimal digits in lower case
   * @param size its length in bytes
   * @param target where it is stored
   * @throws DownloadException if the file cannot be downloaded; the message says why
   * @throws GenerationCancelledException if the thread was interrupted; partial data is kept
   */
  public void get(String name, String sha256, long size, Path target) {
    Transfer transfer =
        new Transfer(
            name,
            URI.create(front + "/api/files/" + sha256),
            token,
            OptionalLong.of(size),
            Optional.of(sha256),
            answer -> refusal(name, answer));
    String hidden = "." + target.getFileName();
    try {
      downloads.fetch(
          transfer,
          target.resolveSibling(hidden + ".lock"),
          target.resolveSibling(hidden + ".sd-incomplete"),
          target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("getting '" + name + "' was cancelled");
    } catch (IOException e) {
      throw new DownloadException(
          Reason.CONNECTION,
          "cannot get '%s' from %s: %s"
              .formatted(name, front, Objects.requireNonNullElse(e.getMessage(), "no connection")),
          e);
    }
  }

  private DownloadException refusal(String name, Answer answer) {
    return switch (answer.status()) {
      case 401, 403 ->
          new DownloadException(
              Reason.NEEDS_TOKEN,
              "cannot get '%s': %s refuses the worker's key (--front-key)".formatted(name, front));
      case Answer.NOT_FOUND ->
          new DownloadException(
              Reason.NOT_FOUND,
              "cannot get '%s': %s no longer has this file".formatted(name, front));
      default ->
          new DownloadException(
              Reason.CONNECTION,
              "cannot get '%s': %s answers %s".formatted(name, front, answer.status()));
    };
  }
}
