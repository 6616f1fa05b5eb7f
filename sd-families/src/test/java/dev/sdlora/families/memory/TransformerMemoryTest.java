package dev.sdlora.families.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.sdlora.families.flux2.Flux2Config;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests estimates against measured peaks of resident memory of networks of full width. */
class TransformerMemoryTest {
  private static final double MIB = 1 << 20;

  /** One double and two single blocks, in bfloat16; 512 tokens are text. */
  @ParameterizedTest
  @CsvSource({
    "1536, 1, true, 128.1",
    "1536, 2, true, 240.8",
    "2816, 1, true, 199.5",
    "2816, 2, true, 468.4",
    "4608, 1, true, 345.2",
    "1536, 1, false, 172.9",
    "1536, 2, false, 364.9",
    "2816, 1, false, 350.6",
    "2816, 2, false, 575.7",
    "4608, 1, false, 561.0"
  })
  void flux2_ofFullWidth_isWhatWasMeasured(int tokens, int rows, boolean packed, double measured) {
    Flux2Config config =
        new Flux2Config(128, 3072, 24, 1, 2, 7680, 9216, 256, List.of(32, 32, 32, 32), 2000);
    assertThat(TransformerMemory.call(config, tokens, packed, 2, rows).bytes() / MIB)
        .isCloseTo(measured, withPercentage(25));
  }
}
