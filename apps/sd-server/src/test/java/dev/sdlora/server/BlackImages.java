package dev.sdlora.server;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Pipelines that show another checkpoint and return black images. */
final class BlackImages {
  private BlackImages() {}

  /**
   * Returns a pipeline.
   *
   * @param checkpoint the checkpoint that it shows
   * @param real answers everything else
   * @param requests receives each request to generate
   */
  static Pipeline of(Checkpoint checkpoint, Pipeline real, Consumer<PromptSpec> requests) {
    return (Pipeline)
        Proxy.newProxyInstance(
            Pipeline.class.getClassLoader(),
            new Class<?>[] {Pipeline.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "checkpoint" -> checkpoint;
                  case "check", "close" -> null;
                  case "generateAsync" -> drawn((PromptSpec) arguments[0], requests);
                  default -> method.invoke(real, arguments);
                });
  }

  private static CompletableFuture<GenerationResult> drawn(
      PromptSpec spec, Consumer<PromptSpec> requests) {
    requests.accept(spec);
    GeneratedImage image =
        new GeneratedImage(Image.of(8, 8, new byte[8 * 8 * 3]), spec.seed().orElse(1), "x");
    return CompletableFuture.completedFuture(
        new GenerationResult(
            Collections.nCopies(spec.images(), image),
            List.of(),
            List.of(),
            Duration.ZERO,
            Optional.empty(),
            Precision.FLOAT32));
  }
}
