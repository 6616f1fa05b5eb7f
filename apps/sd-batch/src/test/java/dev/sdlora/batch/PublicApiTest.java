package dev.sdlora.batch;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A runner, what it draws with, and what it tells. */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 7);
  }
}
