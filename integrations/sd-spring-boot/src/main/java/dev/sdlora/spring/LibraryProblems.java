package dev.sdlora.spring;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers web requests that the library rejects with a problem detail (RFC 9457) that contains the
 * library's message: 400 for an invalid request, 503 if the server is busy or shutting down. Local
 * folder names are removed from the message. Exception handlers of the application take precedence.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class LibraryProblems {
  private static final String RETRY_SECONDS = "5";

  @ExceptionHandler({
    PromptSyntaxException.class,
    LoraException.class,
    EmbeddingException.class,
    ImageFileException.class
  })
  ResponseEntity<ProblemDetail> refused(StableDiffusionException refusal) {
    return badRequest(sentence(refusal));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(ImageOptionsException refusal) {
    return badRequest(String.valueOf(refusal.getMessage()));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> tooMuch(ResourceException refusal) {
    return refusal.resource() == ResourceException.Resource.PIXELS
        ? badRequest(sentence(refusal))
        : busy(sentence(refusal));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> cancelled(GenerationCancelledException end) {
    return busy(sentence(end));
  }

  private static ResponseEntity<ProblemDetail> badRequest(String sentence) {
    return ResponseEntity.of(ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, sentence))
        .build();
  }

  private static ResponseEntity<ProblemDetail> busy(String sentence) {
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
        .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, sentence));
  }

  private static String sentence(StableDiffusionException refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    Optional<Path> folder = refusal.file().map(Path::toAbsolutePath).map(Path::getParent);
    return folder.map(path -> sentence.replace(path + File.separator, "")).orElse(sentence);
  }
}
