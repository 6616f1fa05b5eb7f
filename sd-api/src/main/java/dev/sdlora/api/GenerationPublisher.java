package dev.sdlora.api;

import java.util.Objects;
import java.util.concurrent.Flow;

/** Starts a request of its own for each subscriber. */
final class GenerationPublisher implements Flow.Publisher<GenerationEvent> {
  private final Pipeline pipeline;
  private final PromptSpec spec;

  GenerationPublisher(Pipeline pipeline, PromptSpec spec) {
    this.pipeline = pipeline;
    this.spec = spec;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super GenerationEvent> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    new GenerationSubscription(pipeline, spec, subscriber).begin();
  }
}
