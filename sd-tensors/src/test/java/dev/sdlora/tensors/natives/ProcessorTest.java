package dev.sdlora.tensors.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of processors, and their support for bfloat16. */
class ProcessorTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "'flags\t\t: fpu avx512f avx512_bf16 clzero', avx512_bf16, avx512_bf16 avx512f",
    "'flags\t\t: fpu amx_bf16\n\nflags\t\t: fpu amx_bf16', amx_bf16, amx_bf16",
    "'flags: amx_bf16 avx512_bf16', amx_bf16 avx512_bf16, amx_bf16 avx512_bf16",
    "'flags\t\t: fpu avx2 amx_bf16\n\nflags\t\t: fpu avx2', '', avx2",
    "'flags: avx512_bf16\n\nflags: amx_bf16', '', ''",
    "'flags\t\t: fpu avx512f avx512_bf16x', '', avx512f",
    "'model name\t: avx512_bf16', '', ''",
    "'Features\t: fp asimd bf16', '', asimd bf16",
    "flags, '', ''",
    "'', '', ''"
  })
  void instructions_list_areThoseOfAllCores(String list, String bfloat16, String all)
      throws IOException {
    Path file = Files.writeString(folder.resolve("cpuinfo"), list);
    assertThat(Processor.bfloat16(file)).isEqualTo(Arrays.asList(words(bfloat16)));
    assertThat(Processor.instructions(file)).isEqualTo(Arrays.asList(words(all)));
  }

  private static String[] words(String text) {
    return text.isEmpty() ? new String[0] : text.split(" ");
  }

  @Test
  void name_list_isThatOfTheFirst() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("cpuinfo"), "model\t\t: 17\nmodel name\t: AMD EPYC 9B14\n");
    assertThat(Processor.name(file)).isEqualTo("AMD EPYC 9B14");
  }

  @Test
  void noList_saysTheArchitectureAndNothingElse() {
    Path file = folder.resolve("cpuinfo");
    assertThat(Processor.bfloat16(file)).isEmpty();
    assertThat(Processor.instructions(file)).isEmpty();
    assertThat(Processor.name(file)).isEqualTo(System.getProperty("os.arch"));
  }

  @Test
  void here_hasBfloat16_ifItNamesInstructions() {
    assertThat(Processor.hasBfloat16()).isEqualTo(!Processor.bfloat16().isEmpty());
    assertThat(Processor.instructions()).containsAll(Processor.bfloat16());
  }
}
