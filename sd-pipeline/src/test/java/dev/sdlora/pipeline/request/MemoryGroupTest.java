package dev.sdlora.pipeline.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sdlora.pipeline.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Tests requests in a container: a control group whose processes the kernel kills above a limit.
 * Needs Linux and a user who may create such a group, because nothing else has that limit.
 */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class MemoryGroupTest {
  private static final long LIMIT = 400 << 20;

  @Test
  void generate_largerThanTheGroupHolds_isRefusedAndNeverKilled() throws Exception {
    try (MemoryGroup group = create()) {
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              DrawUntilRefused.class.getName(),
              Fixtures.CHECKPOINT.toString());
      Process process = new ProcessBuilder(group.inside(command)).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output)
          .contains("drawn 256")
          .containsPattern(
              "refused about .* of memory would be needed .*, but the available memory is ");
    }
  }

  private static MemoryGroup create() {
    try {
      return MemoryGroup.create(LIMIT);
    } catch (IOException e) {
      return abort("this user cannot create a control group with a limit on memory: " + e);
    }
  }
}
