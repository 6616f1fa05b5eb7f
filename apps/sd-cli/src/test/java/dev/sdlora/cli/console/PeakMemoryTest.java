package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PeakMemoryTest {
  @Test
  void parse_kibibytesBecomeBytes() {
    assertThat(PeakMemory.parse(List.of("Name:\tjava", "VmHWM:\t    2048 kB", "VmRSS:\t 1 kB")))
        .hasValue(2_097_152);
  }

  @Test
  void parse_noSuchLine_isEmpty() {
    assertThat(PeakMemory.parse(List.of())).isEmpty();
  }
}
