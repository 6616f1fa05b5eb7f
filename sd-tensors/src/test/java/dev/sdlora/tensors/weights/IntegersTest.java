package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import org.junit.jupiter.api.Test;

class IntegersTest {
  @Test
  void works() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(Packer.hasIntegers(torch, ScalarType.FLOAT32)).isTrue();
      assertThat(Packer.hasIntegers(torch, ScalarType.BFLOAT16)).isTrue();
    }
  }
}
