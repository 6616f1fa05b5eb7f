package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.Pipeline;
import dev.sdlora.tensors.torch.Torch;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeBytesTest {
  private static final long MEGABYTES_256 = 256L << 20;

  @Test
  @EnabledOnOs(OS.LINUX)
  void nativeBytes_growsByATensor_andShrinksWhenItIsFreed() {
    try (Torch torch = Torch.open("cpu")) {
      OptionalLong before = Pipeline.nativeBytes();
      OptionalLong during;
      try (NDManager scope = torch.scope()) {
        scope.zeros(new Shape(MEGABYTES_256 / 4), DataType.FLOAT32);
        during = Pipeline.nativeBytes();
      }
      OptionalLong after = Pipeline.nativeBytes();
      // The JVM's compilers allocate and free memory in the same heap meanwhile.
      assertThat(during.orElseThrow() - before.orElseThrow()).isGreaterThan(MEGABYTES_256 / 2);
      assertThat(during.orElseThrow() - after.orElseThrow()).isGreaterThan(MEGABYTES_256 / 2);
    }
  }
}
