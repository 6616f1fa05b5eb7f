package dev.sdlora.training;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Limits the number of public types: users should have to know at most 120 types, 15 of them here.
 */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 15);
  }
}
