package dev.sdlora.server;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Programs that embed the server need a server or a worker with its builder, API keys, a group of
 * devices, or the tools alone.
 */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 6);
  }
}
