package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    int types = PublicApi.assertRecorded(Path.of(""));
    assertThat(types).isBetween(1, 6);
  }
}
