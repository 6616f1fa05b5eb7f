package dev.sdlora.server;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whoever embeds the server knows one type and its builder. */
class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 2);
  }
}
