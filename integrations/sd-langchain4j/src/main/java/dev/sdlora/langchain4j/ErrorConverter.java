package dev.sdlora.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import java.util.function.Supplier;

/** Converts the library's exceptions to those of langchain4j, with the same messages. */
final class ErrorConverter {
  private ErrorConverter() {}

  static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (GenerationCancelledException e) {
      throw e;
    } catch (ResourceException e) {
      throw e.resource() == ResourceException.Resource.QUEUE
          ? new RateLimitException(e.getMessage(), e)
          : new InvalidRequestException(e.getMessage(), e);
    } catch (PromptSyntaxException
        | LoraException
        | EmbeddingException
        | ImageFileException
        | IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    } catch (StableDiffusionException e) {
      throw new InternalServerException(e.getMessage(), e);
    }
  }
}
