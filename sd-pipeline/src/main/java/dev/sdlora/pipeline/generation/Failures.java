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
 * Translates failures inside a request into this library's exceptions and adds the size of the
 * request, so that callers need no knowledge of the engine or of internals.
 */
public final class Failures {
  /** Messages of libtorch and CUDA when memory runs out, in lower case. */
  private static final List<String> NO_MEMORY =
      List.of("can't allocate memory", "not enough memory", "out of memory", "bad_alloc");

  private Failures() {}

  /**
   * Returns the exception for the caller of a request.
   *
   * @param cause the failure, from anywhere except the listener
   */
  public static Throwable of(Throwable cause, PromptSpec spec) {
    if (cause instanceof OutOfMemoryError) {
      return new ResourceException(
          Resource.MEMORY,
          "the Java heap of %s is full %s: %s; increase it with -Xmx"
              .formatted(
                  Bytes.text((double) Runtime.getRuntime().maxMemory()),
                  numbers(spec),
                  firstLine(cause)),
          cause);
    }
    if (cause instanceof StackOverflowError) {
      return new StableDiffusionException(
          "a prompt or a file is nested too deeply " + numbers(spec), cause);
    }
    if (cause instanceof InternalError) {
      return new StableDiffusionException(
          "the JVM failed %s, perhaps because a file was truncated while it was read: %s"
              .formatted(numbers(spec), firstLine(cause)),
          cause);
    }
    if (cause instanceof EngineException) {
      return engine(cause, spec);
    }
    return isDocumented(cause)
        ? cause
        : new StableDiffusionException(
            "unexpected failure %s: %s".formatted(numbers(spec), cause), cause);
  }

  /**
   * Whether an exception is documented for callers, or is an error that passes through unchanged.
   */
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
            "libtorch ran out of memory %s: %s".formatted(numbers(spec), reason(text)),
            cause)
        : new StableDiffusionException(
            "libtorch failed %s: %s".formatted(numbers(spec), reason(text)), cause);
  }

  /** Returns the last error line of libtorch's message, without stack frames. */
  private static String reason(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("frame #"))
        .filter(line -> line.contains("Error:") || line.contains("error:"))
        .reduce((first, second) -> second)
        .orElseGet(() -> message.lines().findFirst().orElse("no reason given"));
  }

  private static String firstLine(Throwable cause) {
    return Optional.ofNullable(cause.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .orElse(cause.getClass().getSimpleName());
  }

  /** Describes the parts of a request that determine its work and memory. */
  static String numbers(PromptSpec spec) {
    return numbers(spec, spec.size());
  }

  /** Describes a request, with the final size of the images. */
  public static String numbers(PromptSpec spec, Optional<ImageSize> drawn) {
    StringBuilder text = new StringBuilder("in a request for ");
    text.append(spec.images()).append(spec.images() == 1 ? " image" : " images");
    drawn.ifPresent(size -> text.append(" of ").append(size));
    spec.hiresFix()
        .ifPresent(
            hires ->
                text.append(", hires fix ")
                    .append(hires.size().map(size -> "to " + size).orElse("x" + hires.scale())));
    spec.upscaler().ifPresent(up -> text.append(", upscaling x").append(spec.upscale()));
    int details = spec.detailPasses().size();
    if (details > 0) {
      text.append(", ").append(details).append(details == 1 ? " detail pass" : " detail passes");
    }
    if (!spec.controlUnits().isEmpty()) {
      text.append(", ").append(spec.controlUnits().size()).append(" ControlNet units");
    }
    if (!spec.imagePrompts().isEmpty()) {
      text.append(", ").append(spec.imagePrompts().size()).append(" image prompts");
    }
    return text.toString();
  }
}
