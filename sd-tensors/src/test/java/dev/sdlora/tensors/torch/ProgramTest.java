package dev.sdlora.tensors.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Programs are compiled once and shared by all callers. */
final class ProgramTest {
  private static Program load(Torch torch) {
    return Program.load(
        torch, TensorLoader.class, "weights.torchscript.py", "weights_parts.torchscript.py");
  }

  private static long[] shape(Program program, Torch torch) {
    try (NDManager scope = torch.scope()) {
      NDArray room =
          program
              .call("room")
              .tensor(scope.create(0f))
              .integers(3, 5)
              .integer(ScalarType.FLOAT32.code())
              .run(scope);
      return room.getShape().getShape();
    }
  }

  @Test
  void load_theSameText_outlivesTheOwnerWhoAskedFirst() {
    Program first;
    try (Torch torch = Torch.open("cpu")) {
      first = load(torch);
    }
    try (Torch torch = Torch.open("cpu")) {
      assertThat(load(torch)).isSameAs(first);
      assertThat(shape(first, torch)).containsExactly(3, 5);
      assertThat(torch.liveArrays()).isZero();
    }
  }

  @Test
  void load_eightCallersAtOnce_haveOneThatWorks() {
    try (Torch torch = Torch.open("cpu")) {
      List<Program> programs =
          IntStream.range(0, 8)
              .parallel()
              .mapToObj(
                  caller -> {
                    Program program = load(torch);
                    assertThat(shape(program, torch)).containsExactly(3, 5);
                    return program;
                  })
              .toList();
      assertThat(programs).containsOnly(programs.get(0));
    }
  }
}
