package dev.sdlora.spring;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The image model with its options and metadata, and what sets it up. */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 4);
  }
}
