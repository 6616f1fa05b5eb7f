package dev.sdlora.tensors.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The number of threads that native calls use. */
final class ThreadLimitTest {
  private static final Executor NEW_THREAD = task -> new Thread(task).start();

  @Test
  void run_smallModel_limitsThisThreadAlone() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      EngineStart.engine().setThreads(3);
      List<Integer> threads = new ArrayList<>();
      ThreadLimit.run(
          6_000_000,
          () -> {
            threads.add(Torch.threads());
            threads.add(CompletableFuture.supplyAsync(Torch::threads, NEW_THREAD).join());
          });
      threads.add(Torch.threads());
      assertThat(threads).containsExactly(1, 3, 3);
    }
  }

  @Test
  void run_fullSize_keepsAllThreads() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      EngineStart.engine().setThreads(3);
      List<Integer> threads = new ArrayList<>();
      ThreadLimit.run(860_000_000, () -> threads.add(Torch.threads()));
      assertThat(threads).containsExactly(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"6000000, 16384, 1", "6000000, 65536, 3", "860000000, 16384, 3"})
  void draw_smallPictureOfASmallModel_isTheOneThatIsLimited(
      long weights, long pixels, int expected) {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      EngineStart.engine().setThreads(3);
      assertThat(ThreadLimit.draw(weights, pixels, Torch::threads)).isEqualTo(expected);
      assertThat(Torch.threads()).isEqualTo(3);
    }
  }
}
