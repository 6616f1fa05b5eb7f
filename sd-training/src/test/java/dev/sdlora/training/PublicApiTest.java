package dev.sdlora.training;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Limits the number of public types: those of a training and its results, and one for each group of
 * options.
 */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 26);
  }
}
