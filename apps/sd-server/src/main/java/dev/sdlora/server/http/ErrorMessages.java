package dev.sdlora.server.http;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.StoreException;
import dev.sdlora.server.key.QuotaException;
import dev.sdlora.training.TrainingException;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Converts errors to messages for clients: the library's sentences in the words of HTTP, without
 * paths of this machine.
 */
public final class ErrorMessages {
  private final List<String> folders;

  /**
   * Creates messages that omit some folders.
   *
   * @param folders the folders whose files messages may name
   */
  public ErrorMessages(List<Path> folders) {
    List<String> texts = new ArrayList<>();
    for (Path folder : folders) {
      texts.add(folder.toString());
      texts.add(folder.toAbsolutePath().normalize().toString());
    }
    this.folders =
        texts.stream()
            .filter(text -> text.length() > 1)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /**
   * An error as sent to clients.
   *
   * @param status the HTTP status
   * @param sentence the message
   * @param headers additional headers
   * @param unexpected whether it is a bug or failure of the server, to be logged
   * @param parameter the field that caused the error
   */
  public record Message(
      int status,
      String sentence,
      Map<String, String> headers,
      boolean unexpected,
      Optional<Refusal.Parameter> parameter) {
    /** Creates an error without a field. */
    Message(int status, String sentence, Map<String, String> headers, boolean unexpected) {
      this(status, sentence, headers, unexpected, Optional.empty());
    }
  }

  /** Converts an error. */
  public Message of(Throwable error) {
    if (error instanceof Refusal refusal) {
      return new Message(
          refusal.status(), shown(error), refusal.headers(), false, refusal.parameter());
    }
    if (error instanceof MethodNotAllowedResponse refusal) {
      return wrongMethod(refusal);
    }
    if (error instanceof HttpResponseException refusal) {
      return new Message(refusal.getStatus(), shown(error), Map.of(), false);
    }
    if (error instanceof JobQueue.FullException full) {
      return new Message(429, shown(full), RetryAfter.seconds((double) full.retryAfter()), false);
    }
    if (error instanceof QuotaException quota) {
      return overQuota(quota);
    }
    if (error instanceof StoreException) {
      return new Message(
          503, "the database of the jobs cannot be used now", RetryAfter.unknown(), false);
    }
    if (error instanceof OutOfMemoryError) {
      return new Message(
          503,
          "the server's Java heap (%s bytes) has too little free memory for this request: try again, send"
                  .formatted(Runtime.getRuntime().maxMemory())
              + " less, or start the server with a larger -Xmx",
          RetryAfter.unknown(),
          true);
    }
    int status = status(error);
    return status == 500 && !(error instanceof StableDiffusionException)
        ? new Message(
            500, "an unexpected error ended the request; see the server's log", Map.of(), true)
        : new Message(status, shown(error), headers(error), status == 500, parameter(error));
  }

  private static Message overQuota(QuotaException quota) {
    Map<String, String> headers = RetryAfter.ofQuota(quota.seconds());
    String sentence =
        "%s; try again in %s s".formatted(quota.getMessage(), headers.get(RetryAfter.HEADER));
    Optional<Refusal.Parameter> code =
        quota.limit() == QuotaException.Limit.IMAGES_PER_DAY
            ? Optional.of(Refusal.Parameter.insufficientQuota())
            : Optional.empty();
    return new Message(429, sentence, headers, false, code);
  }

  private static Message wrongMethod(MethodNotAllowedResponse refusal) {
    // The methods of the routes are the only detail; its key depends on the client.
    String routes = String.join(", ", refusal.getDetails().values());
    String allowed = routes.replaceFirst("\\bGET\\b", "GET, HEAD") + ", OPTIONS";
    return new Message(
        405,
        "this path does not support the method: use " + routes,
        Map.of("Allow", allowed),
        false);
  }

  private static Optional<Refusal.Parameter> parameter(Throwable error) {
    if (error instanceof FieldException refusal) {
      return Optional.of(Refusal.Parameter.invalid(refusal.field()));
    }
    boolean ofPrompt =
        error instanceof PromptSyntaxException
            || error instanceof LoraException
            || error instanceof EmbeddingException;
    return ofPrompt ? Optional.of(Refusal.Parameter.invalid("prompt")) : Optional.empty();
  }

  /** The queue of the pipeline also holds requests of other callers, so their end is unknown. */
  private static Map<String, String> headers(Throwable error) {
    return error instanceof ResourceException resource && resource.resource() == Resource.QUEUE
        ? RetryAfter.unknown()
        : Map.of();
  }

  private static int status(Throwable error) {
    if (error instanceof ResourceException resource) {
      return switch (resource.resource()) {
        case PIXELS -> 413;
        case QUEUE -> 429;
        case MEMORY -> 503;
      };
    }
    if (error instanceof JobQueue.ClosedException
        || error instanceof GenerationCancelledException
        || error instanceof CancellationException) {
      return 503;
    }
    boolean ofRequest =
        error instanceof PromptSyntaxException
            || error instanceof LoraException
            || error instanceof EmbeddingException
            || error instanceof ImageFileException
            || error instanceof ImageSettingsException
            || error instanceof TrainingException
            || error instanceof IllegalArgumentException
            || isAboutTheRequest(error);
    return ofRequest ? 422 : 500;
  }

  /**
   * Whether an error without a type of its own is caused by the request, such as an unknown
   * hypernetwork or an image of NaN. Failures of the engine or of a file have a cause instead.
   */
  private static boolean isAboutTheRequest(Throwable error) {
    return error.getClass() == StableDiffusionException.class && error.getCause() == null;
  }

  private String shown(Throwable error) {
    String message = error.getMessage();
    if (message == null) {
      return error.getClass().getSimpleName();
    }
    String shown = shown(message);
    if (error instanceof StableDiffusionException named && named.file().isPresent()) {
      Path parent = named.file().get().toAbsolutePath().getParent();
      return parent == null ? shown : new ErrorMessages(List.of(parent)).withoutFolders(shown);
    }
    return shown;
  }

  /**
   * Returns a sentence of the library, such as a warning, for clients: with fields of requests
   * instead of names of Java, and without folders of this machine.
   */
  public String shown(String sentence) {
    return withoutFolders(FieldWords.in(sentence));
  }

  /** Replaces folders of this machine in a text with dots. */
  public String withoutFolders(String text) {
    String shown = text;
    for (String folder : folders) {
      shown = shown.replace(folder + File.separator, "").replace(folder, "…");
    }
    return shown;
  }
}
