package dev.sdlora.pipeline.request;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.ImageSize;
import java.nio.file.Path;

/**
 * Draws larger and larger images until a request is refused, and prints a line for each. Runs in a
 * process with a memory limit.
 *
 * <p>Argument: a checkpoint.
 */
final class DrawUntilRefused {
  private DrawUntilRefused() {}

  public static void main(String[] args) {
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(Path.of(args[0])))
            .precision(Precision.FLOAT32)
            .build()) {
      PromptSpec spec = PromptSpec.builder().prompt("a cat").seed(1).steps(1).build();
      for (int side = 256; ; side += 128) {
        try {
          pipeline.generate(spec.toBuilder().size(new ImageSize(side, side)).build());
          System.out.println("drawn " + side);
        } catch (ResourceException e) {
          System.out.println("refused " + e.getMessage());
          return;
        }
      }
    }
  }
}
