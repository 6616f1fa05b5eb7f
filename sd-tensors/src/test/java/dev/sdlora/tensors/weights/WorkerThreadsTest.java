package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkerThreadsTest {
  private static final int THREADS = 4;

  private final Queue<Integer> done = new ConcurrentLinkedQueue<>();
  private final Set<Integer> nativeThreads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();

  /** Fails at one job. */
  private final class Recorder implements WorkerThreads.Member<Integer> {
    private final int bad;

    Recorder(int bad) {
      this.bad = bad;
      open.incrementAndGet();
    }

    @Override
    public void work(Integer job) {
      nativeThreads.add(Torch.threads());
      if (job == bad) {
        throw new IllegalStateException("job " + job);
      }
      done.add(job);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  @Test
  void work_manyJobs_doesEachOnceOnOneNativeThread() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      int before = Torch.threads();
      WorkerThreads.work(jobs(1000), THREADS, () -> new Recorder(-1));
      assertThat(done).containsExactlyInAnyOrderElementsOf(jobs(1000));
      assertThat(nativeThreads).containsExactly(1);
      assertThat(Torch.threads()).isEqualTo(before);
      assertThat(open).hasValue(0);
    }
  }

  @Test
  void work_noJobs_hiresNobodyElse() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      WorkerThreads.work(List.<Integer>of(), THREADS, () -> new Recorder(-1));
      assertThat(open).hasValue(0);
    }
  }

  @Test
  void work_aJobThatFails_endsAllAndComesOut() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      assertThatThrownBy(() -> WorkerThreads.work(jobs(100_000), THREADS, () -> new Recorder(3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("job 3");
      assertThat(done).doesNotContain(3);
      assertThat(open).hasValue(0);
    }
  }

  @Test
  void work_whileTheCallerIsInterrupted_keepsTheInterrupt() {
    try (Torch torch = Torch.open("cpu")) {
      assertThat(torch.liveArrays()).isZero();
      Thread.currentThread().interrupt();
      try {
        WorkerThreads.work(jobs(100), THREADS, () -> new Recorder(-1));
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(done).hasSize(100);
    }
  }

  private static List<Integer> jobs(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
