package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.testkit.PublicApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublicApiTest {
  @Test
  void publicTypes_listed_areThoseOnRecord() {
    PublicApi.assertRecorded(Path.of(""), 106);
  }

  /** Nested types count towards the total, but not towards the root package. */
  @Test
  void publicTypes_areFew() throws IOException {
    List<String> types =
        Files.readAllLines(Path.of("api.txt")).stream()
            .filter(line -> line.startsWith("public "))
            .toList();
    assertThat(types).hasSizeLessThanOrEqualTo(150);
    assertThat(types)
        .filteredOn(line -> line.matches("public ([a-z-]+ )*dev\\.sdlora\\.api\\.[A-Z]\\w*( .*)?"))
        .hasSizeLessThanOrEqualTo(30);
  }
}
