package dev.sdlora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.batch.BatchDrawer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the models shared by the tasks of a JVM. */
final class ExecutorDrawersTest {
  private static DrawingSettings settings(Precision precision) {
    return new DrawingSettings(
        List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
        List.of(), precision);
  }

  private static BatchDrawer drawer(Precision precision, String device) {
    return ExecutorDrawers.inTurn(settings(precision), device, drawer -> drawer);
  }

  @Test
  void inTurn_sameSettingsAndDevice_shareADrawer() {
    BatchDrawer first = drawer(Precision.FLOAT32, "test0");
    assertThat(drawer(Precision.FLOAT32, "test0")).isSameAs(first);
    assertThat(drawer(Precision.FLOAT32, "test1")).isNotSameAs(first);
    assertThat(drawer(Precision.BFLOAT16, "test0")).isNotSameAs(first);
  }

  @Test
  void inTurn_severalTasks_areOneAtATime() {
    AtomicInteger at = new AtomicInteger();
    List<CompletableFuture<Integer>> tasks =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            ExecutorDrawers.inTurn(
                                settings(Precision.AUTO),
                                "test2",
                                drawer -> {
                                  int now = at.incrementAndGet();
                                  Thread.onSpinWait();
                                  at.decrementAndGet();
                                  return now;
                                })))
            .toList();
    assertThat(tasks).allSatisfy(task -> assertThat(task.join()).isEqualTo(1));
  }

  @Test
  void inTurn_interrupted_ends() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> drawer(Precision.AUTO, "test3"))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
