package dev.sdlora.pipeline.generation;

import ai.djl.engine.EngineException;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Turns what breaks inside a request into exceptions of this library, with the request's numbers,
 * so that callers need to know neither the engine nor the library's inside.
 */
public final class Failures {
  /** What libtorch and CUDA say then, in small letters. */
  private static final List<String> NO_MEMORY =
      List.of("can't allocate memory", "not enough memory", "out of memory", "bad_alloc");

  private Failures() {}

  /**
   * What the caller of a request is told.
   *
   * @param cause what ended the work, from anywhere but the listener
   */
  public static Throwable of(Throwable cause, PromptSpec spec) {
    if (cause instanceof OutOfMemoryError) {
      return new ResourceException(
          Resource.MEMORY,
          "Java's heap of %s ran out %s: %s; it can be made larger by -Xmx"
              .formatted(
                  Bytes.text((double) Runtime.getRuntime().maxMemory()),
                  numbers(spec),
                  firstLine(cause)),
          cause);
    }
    if (cause instanceof StackOverflowError) {
      return new StableDiffusionException(
          "something is nested too deep, in a prompt or a file, " + numbers(spec), cause);
    }
    if (cause instanceof InternalError) {
      return new StableDiffusionException(
          "the Java machine failed %s, perhaps because a file was cut short while it was read: %s"
              .formatted(numbers(spec), firstLine(cause)),
          cause);
    }
    if (cause instanceof EngineException) {
      return engine(cause, spec);
    }
    return isDocumented(cause)
        ? cause
        : new StableDiffusionException(
            "the request failed unexpectedly %s: %s".formatted(numbers(spec), cause), cause);
  }

  /** Errors other than those above are not ours to explain. */
  private static boolean isDocumented(Throwable cause) {
    return cause instanceof StableDiffusionException
        || cause instanceof IllegalStateException
        || (cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException))
        || cause instanceof Error;
  }

  private static Throwable engine(Throwable cause, PromptSpec spec) {
    String text = String.valueOf(cause.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    return NO_MEMORY.stream().anyMatch(lower::contains)
        ? new ResourceException(
            Resource.MEMORY,
            "libtorch found no memory %s: %s".formatted(numbers(spec), reason(text)),
            cause)
        : new StableDiffusionException(
            "libtorch failed %s: %s".formatted(numbers(spec), reason(text)), cause);
  }

  /** The last line that is no stack frame says what libtorch refused. */
  private static String reason(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(line -> line.contains("Error:") || line.contains("error:"))
        .reduce((first, second) -> second)
        .orElseGet(() -> message.lines().findFirst().orElse("no reason given"));
  }

  private static String firstLine(Throwable cause) {
    return Optional.ofNullable(cause.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .orElse(cause.getClass().getSimpleName());
  }

  /** The request as far as it decides how much there is to do. */
  static String numbers(PromptSpec spec) {
    return numbers(spec, spec.size());
  }

  /** Likewise, at the size that the images turned out to have. */
  static String numbers(PromptSpec spec, Optional<ImageSize> drawn) {
    StringBuilder text = new StringBuilder("in a request for ");
    text.append(spec.images()).append(spec.images() == 1 ? " picture" : " pictures");
    drawn.ifPresent(size -> text.append(" of ").append(size));
    spec.hiresFix()
        .ifPresent(
            hires ->
                text.append(", hires fix ")
                    .append(hires.size().map(size -> "to " + size).orElse("x" + hires.scale())));
    spec.upscaling().ifPresent(up -> text.append(", upscaling x").append(up.scale()));
    if (!spec.controlUnits().isEmpty()) {
      text.append(", ").append(spec.controlUnits().size()).append(" ControlNet units");
    }
    return text.toString();
  }
}
