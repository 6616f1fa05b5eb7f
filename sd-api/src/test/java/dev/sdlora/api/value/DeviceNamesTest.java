package dev.sdlora.api.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Pipeline;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNamesTest {
  @ParameterizedTest
  @CsvSource({
    "auto, auto",
    "cpu, cpu",
    "MPS, mps",
    "CPU, cpu",
    "gpu, gpu0",
    "gpu0, gpu0",
    "gpu:0, gpu0",
    "cuda, gpu0",
    "cuda:0, gpu0",
    "cuda0, gpu0",
    "gpu:12, gpu12",
    "Cuda:1, gpu1"
  })
  void canonical_usualSpellings_areUnderstood(String name, String canonical) {
    assertThat(DeviceNames.canonical(name)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " cpu", "tpu", "gpu-1", "gpu:", "cuda:x", "gpu99999999999", "cpu:0"})
  void device_unknownName_isRefusedAtTheSetter(String name) {
    Pipeline.Builder builder = Pipeline.builder();

    assertThatThrownBy(() -> builder.device(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "device must be auto, cpu, mps, or gpu or cuda, optionally with a number as in gpu1, gpu:1 or cuda:1: '%s'",
            name);
  }
}
