package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Watches a generation step by step, cancels it, and continues with the same pipeline. */
public final class ShowProgressAndCancel {
  private ShowProgressAndCancel() {}

  /** Writes {@code preview.png}, a small preview at step 3, and {@code after-cancel.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(Checkpoint.open(DemoModel.checkpoint())).build()) {
      PromptSpec endless =
          PromptSpec.builder().prompt("red star").size(128, 128).steps(1000).seed(1).build();
      CompletableFuture<Integer> thirdStep = new CompletableFuture<>();
      GenerationListener watcher =
          new GenerationListener() {
            @Override
            public void stepEnd(Step step, Supplier<Image> preview) {
              System.out.printf(
                  "step %d of %d, noise %.3f%n", step.number(), step.total(), step.sigma());
              if (step.number() == 3) {
                preview.get().savePng(folder.resolve("preview.png"));
                thirdStep.complete(step.number());
              }
            }
          };
      CompletableFuture<GenerationResult> future = pipeline.generateAsync(endless, watcher);
      CompletableFuture.anyOf(thirdStep, future).join(); // or until it fails
      System.out.println("cancelled: " + future.cancel(true));

      PromptSpec shorter = endless.toBuilder().steps(8).build();
      pipeline.generate(shorter).first().save(folder.resolve("after-cancel.png"));
    }
  }
}
