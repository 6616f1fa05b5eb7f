package dev.sdlora.kotlin

import dev.sdlora.testkit.PublicApi
import java.nio.file.Path
import org.junit.jupiter.api.Test

/** Functions alone, which Kotlin compiles into a class for each file. */
class PublicApiTest {
  @Test
  fun publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 2)
  }
}
