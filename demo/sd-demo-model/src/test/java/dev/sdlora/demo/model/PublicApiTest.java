package dev.sdlora.demo.model;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Users should have to know no more than 120 types, including at most 5 of this module. */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 5);
  }
}
