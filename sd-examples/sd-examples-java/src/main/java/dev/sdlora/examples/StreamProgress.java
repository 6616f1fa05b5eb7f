package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationEvent;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Follows a generation as a stream of events, as reactive web frameworks do. */
public final class StreamProgress {
  private StreamProgress() {}

  /** Writes {@code streamed.png} and prints its progress. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    PromptSpec spec =
        PromptSpec.builder().prompt("red star").size(128, 128).steps(8).seed(1).build();
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(Checkpoint.open(DemoModel.checkpoint())).build()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      pipeline.stream(spec)
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(Long.MAX_VALUE); // cancel() would stop the generation
                }

                @Override
                public void onNext(GenerationEvent event) {
                  if (event instanceof GenerationEvent.StepDone step) {
                    System.out.printf(
                        "step %d of %d, preview %s%n", step.number(), step.total(), step.preview());
                  } else if (event instanceof GenerationEvent.ImageDone finished) {
                    finished.image().save(folder.resolve("streamed.png"));
                  } else if (event instanceof GenerationEvent.Milestone passed) {
                    System.out.println(passed.name());
                  } else {
                    System.out.println(event.getClass().getSimpleName());
                  }
                }

                @Override
                public void onError(Throwable failure) {
                  done.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {
                  done.complete(null);
                }
              });
      done.join();
    }
  }
}
