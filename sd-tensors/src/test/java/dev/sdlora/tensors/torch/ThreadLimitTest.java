package dev.sdlora.tensors.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** How many threads native calls use. */
final class ThreadLimitTest {
  private static final Executor NEW_THREAD = task -> new Thread(task).start();

  @Test
  void run_smallModel_limitsThisThreadAlone() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      JniUtils.setNumThreads(3);
      List<Integer> threads = new ArrayList<>();
      ThreadLimit.run(
          6_000_000,
          () -> {
            threads.add(JniUtils.getNumThreads());
            threads.add(CompletableFuture.supplyAsync(JniUtils::getNumThreads, NEW_THREAD).join());
          });
      threads.add(JniUtils.getNumThreads());
      assertThat(threads).containsExactly(1, 3, 3);
    }
  }

  @Test
  void run_fullSize_keepsAllThreads() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      JniUtils.setNumThreads(3);
      List<Integer> threads = new ArrayList<>();
      ThreadLimit.run(860_000_000, () -> threads.add(JniUtils.getNumThreads()));
      assertThat(threads).containsExactly(3);
    }
  }
}
