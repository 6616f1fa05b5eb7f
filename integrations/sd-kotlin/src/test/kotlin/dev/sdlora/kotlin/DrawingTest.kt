package dev.sdlora.kotlin

import dev.sdlora.api.GenerationEvent.ImageDone
import dev.sdlora.api.GenerationEvent.Milestone
import dev.sdlora.api.GenerationEvent.ResultReady
import dev.sdlora.api.GenerationEvent.StepDone
import dev.sdlora.api.GenerationListener
import dev.sdlora.api.Pipeline
import dev.sdlora.api.Precision
import dev.sdlora.api.PromptSpec
import dev.sdlora.api.error.LoraException
import dev.sdlora.demo.model.DemoModel
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test

/** Coroutines, tested with the bundled model. */
class DrawingTest {
  private val spec =
      pipeline.checkpoint().defaults().copy {
        prompt("red star <lora:night:0.5>").size(64, 64).steps(3).seed(7)
      }
  private val long = spec.copy { steps(1000) }

  @Test
  fun generate_suspends_andDrawsWhatThePipelineDraws() = runBlocking<Unit> {
    val drawn = pipeline.await("red star <lora:night:0.5>") { size(64, 64).steps(3).seed(7) }
    assertThat(drawn.first().image()).isEqualTo(pipeline.generate(spec).first().image())
    assertThat(pipeline.await(spec).first().image()).isEqualTo(drawn.first().image())
  }

  @Test
  fun generate_ofAnUnknownLora_throwsTheLibrarysException() {
    assertThatThrownBy { runBlocking { pipeline.await("star <lora:nigth:1>") } }
        .isInstanceOf(LoraException::class.java)
        .hasMessageContaining("did you mean 'night'")
  }

  @Test
  fun await_whenItsCoroutineIsCancelled_endsTheRequest() = runBlocking<Unit> {
    val begun = CompletableDeferred<Unit>()
    val ended = CompletableFuture<Throwable>()
    val listener =
        object : GenerationListener {
          override fun generationStart(spec: PromptSpec) {
            begun.complete(Unit)
          }

          override fun generationFailed(cause: Throwable) {
            ended.complete(cause)
          }
        }
    val drawing = async(start = CoroutineStart.UNDISPATCHED) { pipeline.await(long, listener) }
    begun.await()
    drawing.cancelAndJoin()
    assertThat(ended.join()).hasMessageContaining("cancel")
    assertThat(pipeline.await(spec).images()).hasSize(1)
  }

  @Test
  fun events_collected_tellEachStepAndThePicture() = runBlocking<Unit> {
    val events = pipeline.events(spec).toList()
    assertThat(events.first()).isEqualTo(Milestone.QUEUED)
    assertThat(events.last()).isInstanceOf(ResultReady::class.java)
    val steps = events.filterIsInstance<StepDone>()
    assertThat(steps).isNotEmpty().allMatch { it.total() == 3 }
    assertThat(steps.last().number()).isEqualTo(3)
    assertThat(events.filterIsInstance<ImageDone>().single().image().image())
        .isEqualTo(pipeline.generate(spec).first().image())
  }

  @Test
  fun events_ofWhichOneIsEnough_endTheRequest() = runBlocking<Unit> {
    val step = pipeline.events(long).filterIsInstance<StepDone>().first()
    assertThat(step.preview()).isPresent()
    assertThat(pipeline.await(spec).images()).hasSize(1)
  }

  @Test
  fun events_whoseCollectorIsCancelled_leaveThePipelineReady() = runBlocking<Unit> {
    val seen = CompletableDeferred<Unit>()
    val collecting = launch { pipeline.events(long).collect { seen.complete(Unit) } }
    seen.await()
    collecting.cancelAndJoin()
    assertThat(pipeline.await(spec).images()).hasSize(1)
  }

  @Test
  fun events_ofAnUnknownLora_throwWhereTheyAreCollected() {
    assertThatThrownBy {
          runBlocking { pipeline.events(promptSpec("star <lora:nigth:1>")).toList() }
        }
        .isInstanceOf(LoraException::class.java)
  }

  @Test
  fun events_whoseCollectorThrows_passItsExceptionOn() {
    assertThatThrownBy {
          runBlocking { pipeline.events(long).collect { throw CancellationException("enough") } }
        }
        .hasMessage("enough")
  }

  companion object {
    private val pipeline: Pipeline =
        pipeline(DemoModel.checkpoint()) {
          loraDirectory(DemoModel.loras())
          precision(Precision.FLOAT32)
        }

    @AfterAll
    @JvmStatic
    fun close() {
      pipeline.close()
    }
  }
}
