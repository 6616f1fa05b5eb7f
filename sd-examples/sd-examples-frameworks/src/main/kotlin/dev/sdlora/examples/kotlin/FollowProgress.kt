package dev.sdlora.examples.kotlin

import dev.sdlora.api.GenerationEvent.ImageDone
import dev.sdlora.api.GenerationEvent.Milestone
import dev.sdlora.api.GenerationEvent.StepDone
import dev.sdlora.demo.model.DemoModel
import dev.sdlora.kotlin.await
import dev.sdlora.kotlin.events
import dev.sdlora.kotlin.pipeline
import dev.sdlora.kotlin.promptSpec
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull

/** Follows an image step by step into `followed.png`, and gives up another that takes too long. */
fun main(args: Array<String>): Unit = runBlocking {
  val folder = Path.of(args.firstOrNull() ?: "")
  pipeline(DemoModel.checkpoint()) { loraDirectory(DemoModel.loras()) }
      .use { pipeline ->
        val spec =
            promptSpec("a green heart <lora:night:1>") {
              size(128, 128)
              steps(12)
              cfgScale(4.0)
              seed(42)
            }
        pipeline.events(spec).collect { event ->
          when (event) {
            is StepDone -> println("step ${event.number()} of ${event.total()}")
            is ImageDone -> event.image().save(folder.resolve("followed.png"))
            is Milestone -> println(event.name)
            else -> println(event::class.simpleName)
          }
        }
        val late =
            withTimeoutOrNull(200.milliseconds) {
              pipeline.await("a ring") { size(128, 128).steps(1000) }
            }
        println(if (late == null) "the ring took too long and was cancelled" else "drawn")
      }
}
