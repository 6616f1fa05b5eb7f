/** Generation that suspends, and flows of what is told of it. */
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
 * Draws without blocking a thread; see [Pipeline.generate] for what it throws.
 *
 * When the coroutine is cancelled, by a timeout say, it goes on at once with its
 * `CancellationException`, and the request ends within a step; one that waits gives up its place.
 *
 * @param prompt in A1111's syntax, `<lora:name:0.8>` included
 * @param settings all else; the defaults are those of [Checkpoint.defaults]
 * @return the images, with what was warned of and what LoRAs did
 */
public suspend fun Pipeline.await(
    prompt: String,
    settings: PromptSpec.Builder.() -> Unit = {},
): GenerationResult = await(checkpoint().defaults().copy { prompt(prompt).settings() })

/**
 * Draws a request without blocking a thread, as [await] of a prompt does.
 *
 * @param spec what to make
 * @param listener is told of steps and images, on the thread that draws
 * @return the images, with what was warned of and what LoRAs did
 */
public suspend fun Pipeline.await(
    spec: PromptSpec,
    listener: GenerationListener = GenerationListener.NONE,
): GenerationResult = generateAsync(spec, listener).await()

/**
 * Draws for whoever collects, and tells how far it is: [GenerationEvent.StepDone] with its preview,
 * [GenerationEvent.ImageDone] with its image, and so on.
 *
 * The flow is cold: each collector has a request of its own. The work never waits for a collector;
 * of steps that a slow one has not seen only the latest is kept. Whatever ends the collection, by
 * `first()` or `take(n)` or cancellation, ends the request within a step. Failures are thrown where
 * it is collected, and are those of [Pipeline.generate].
 *
 * @param spec what to make
 * @return the events of [Pipeline.stream], in their order
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

/** Takes one event at a time, and holds it until it is collected. */
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

  /** Cancels the request, also one that is not subscribed to yet. */
  fun leave() {
    val begun = synchronized(this) { left = true; subscription }
    begun?.cancel()
  }
}
