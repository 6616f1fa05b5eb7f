package dev.sdlora.spring;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports startup failures with the library's message, without a stack trace. */
class LibraryFailureAnalyzer extends AbstractFailureAnalyzer<StableDiffusionException> {
  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, StableDiffusionException cause) {
    return new FailureAnalysis(cause.getMessage(), action(cause), cause);
  }

  private static String action(StableDiffusionException cause) {
    if (cause instanceof ResourceException) {
      return "Give the application more memory, or set sdlora.memory-policy to sparing.";
    }
    return "Check the sdlora.* properties and the files they name. With sdlora.loading=lazy, the default, the application starts without reading the model.";
  }
}
