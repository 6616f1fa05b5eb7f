/** Suspending generation, and generation events as flows. */
package dev.sdlora.kotlin

import dev.sdlora.api.GenerationEvent
import dev.sdlora.api.GenerationListener
import dev.sdlora.api.GenerationResult
import dev.sdlora.api.Pipeline
import dev.sdlora.api.PromptSpec
import java.util.concurrent.Flow.Subscriber
import java.util.concurrent.Flow.Subscription
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.await

/**
 * Generates images without blocking a thread; see [Pipeline.generate] for exceptions.
 *
 * If the coroutine is cancelled, for example by a timeout, it throws its `CancellationException` at
 * once. The request ends within one step, or leaves the queue if it has not started.
 *
 * @param prompt the prompt in A1111's syntax, including `<lora:name:0.8>`
 * @param settings sets all other options; the defaults are those of [Checkpoint.defaults]
 * @return the images, with warnings and a report for each LoRA
 */
public suspend fun Pipeline.await(
    prompt: String,
    settings: PromptSpec.Builder.() -> Unit = {},
): GenerationResult = await(checkpoint().defaults().copy { prompt(prompt).settings() })

/**
 * Generates the images of a request without blocking a thread, like [await] with a prompt.
 *
 * @param spec the request
 * @param listener receives steps and images, on the thread that generates
 * @return the images, with warnings and a report for each LoRA
 */
public suspend fun Pipeline.await(
    spec: PromptSpec,
    listener: GenerationListener = GenerationListener.NONE,
): GenerationResult = generateAsync(spec, listener).await()

/**
 * Returns a flow that generates images and emits events: [GenerationEvent.StepDone] with a preview,
 * [GenerationEvent.ImageDone] with an image, and so on.
 *
 * The flow is cold: each collector starts its own request. Generation never waits for a collector;
 * if a collector is slow, only the latest step is kept. When the collection ends, by `first()`,
 * `take(n)` or cancellation, the request ends within one step. The collector receives the
 * exceptions of [Pipeline.generate].
 *
 * @param spec the request
 * @return the events of [Pipeline.stream], in order
 */
public fun Pipeline.events(spec: PromptSpec): Flow<GenerationEvent> = flow {
  val inbox = Inbox()
  stream(spec).subscribe(inbox)
  try {
    for (event in inbox.events) {
      emit(event)
      inbox.ask()
    }
  } finally {
    inbox.leave()
  }
}

/** Requests one event at a time, and holds it until it is collected. */
private class Inbox : Subscriber<GenerationEvent> {
  val events = Channel<GenerationEvent>(1)
  private var subscription: Subscription? = null
  private var left = false

  override fun onSubscribe(subscription: Subscription) {
    val wanted = synchronized(this) { this.subscription = subscription; !left }
    if (wanted) subscription.request(1) else subscription.cancel()
  }

  override fun onNext(event: GenerationEvent) {
    events.trySend(event)
  }

  override fun onError(failure: Throwable) {
    events.close(failure)
  }

  override fun onComplete() {
    events.close()
  }

  fun ask() {
    synchronized(this) { subscription }?.request(1)
  }

  /** Cancels the request, even before the subscription arrives. */
  fun leave() {
    val begun = synchronized(this) { left = true; subscription }
    begun?.cancel()
  }
}
