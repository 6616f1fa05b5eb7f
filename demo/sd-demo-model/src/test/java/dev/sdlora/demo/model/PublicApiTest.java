package dev.sdlora.demo.model;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Users should have no more than 120 types to know, of which 5 may be here. */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 5);
  }
}
