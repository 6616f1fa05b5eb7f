package dev.sdlora.tensors.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which processors compute in bfloat16. */
class ProcessorTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "'flags\t\t: fpu avx512f avx512_bf16 clzero', true",
    "'flags\t\t: fpu amx_bf16\n\nflags\t\t: fpu amx_bf16', true",
    "'flags\t\t: fpu amx_bf16\n\nflags\t\t: fpu', false",
    "'flags\t\t: fpu avx512f avx512_bf16x', false",
    "'model name\t: avx512_bf16', false",
    "'Features\t: fp asimd bf16', false",
    "'', false"
  })
  void hasBfloat16_list_namesTheInstructions(String list, boolean expected) throws IOException {
    Path file = Files.writeString(folder.resolve("cpuinfo"), list);
    assertThat(Processor.hasBfloat16(file)).isEqualTo(expected);
  }

  @Test
  void hasBfloat16_noList_isFalse() {
    assertThat(Processor.hasBfloat16(folder.resolve("cpuinfo"))).isFalse();
  }
}
