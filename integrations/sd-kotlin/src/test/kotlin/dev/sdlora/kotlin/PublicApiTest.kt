package dev.sdlora.kotlin

import dev.sdlora.testkit.PublicApi
import java.nio.file.Path
import org.junit.jupiter.api.Test

/** The public API consists of functions, which Kotlin compiles into one class per file. */
class PublicApiTest {
  @Test
  fun publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 2)
  }
}
